"""Steps of Keras on PyTorch, as `-- steps` measures those of Cairn: 1 process of 2 threads with model.fit, and 2 processes of 1 thread,
whose gradients PyTorch's DistributedDataParallel exchanges over Gloo, as Keras' guide to distributed training with PyTorch does it.

KERAS_BACKEND=torch python steps_keras.py [UNITS BATCH EPOCHS]
"""
import os
import sys
import time

os.environ.setdefault("KERAS_BACKEND", "torch")

# Debian builds PyTorch without libuv.
os.environ.setdefault("USE_LIBUV", "0")
FEATURES, STEPS = 256, 8
SIZES = [("0.1 M", 200, 512, 20), ("1 M", 880, 512, 5), ("20 M", 4340, 128, 2)]


def model_of(units):
    import keras
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((FEATURES,)), keras.layers.Dense(units, "relu"), keras.layers.Dense(units, "relu"),
                             keras.layers.Dense(32, "relu"), keras.layers.Dense(1)])


def data_of(rows):
    import numpy as np
    random = np.random.default_rng(1)
    return random.random((rows, FEATURES), dtype="float32"), random.random((rows, 1), dtype="float32")


def alone(units, batch, epochs):
    import keras
    import torch
    torch.set_num_threads(2)
    model = model_of(units)
    model.compile(keras.optimizers.SGD(0.001), "mse")
    x, y = data_of(batch * STEPS)
    model.fit(x, y, batch_size=batch, epochs=1, verbose=0, shuffle=False)
    start = time.perf_counter()
    model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0, shuffle=False)
    return (time.perf_counter() - start) / (epochs * STEPS) * 1000


def together(rank, units, batch, epochs, port, result):
    import torch
    import torch.distributed as distributed
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
    model = model_of(units)
    x, y = data_of(batch * STEPS)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    parallel = torch.nn.parallel.DistributedDataParallel(model)
    optimizer = torch.optim.SGD(parallel.parameters(), 0.001)
    half = batch // 2
    for epoch in range(epochs + 1):
        if epoch == 1:
            distributed.barrier()
            start = time.perf_counter()
        for step in range(STEPS):
            first = step * batch + rank * half
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(parallel(x[first:first + half]), y[first:first + half])
            loss.backward()
            optimizer.step()
    distributed.barrier()
    if rank == 0:
        result.put((time.perf_counter() - start) / (epochs * STEPS) * 1000)
    distributed.destroy_process_group()


def main():
    import multiprocessing
    context = multiprocessing.get_context("spawn")
    sizes = [("", *map(int, sys.argv[1:4]))] if len(sys.argv) > 3 else SIZES
    print("| Keras on PyTorch, weights | fit, 1 process × 2 threads | DistributedDataParallel on Gloo, 2 × 1 |\n| ---: | ---: | ---: |",
          flush=True)
    for number, (name, units, batch, epochs) in enumerate(sizes):
        result = context.Queue()
        one = context.Process(target=run_alone, args=(units, batch, epochs, result))
        first = answer([one], result)
        both = [context.Process(target=together, args=(rank, units, batch, epochs, 29500 + number, result)) for rank in range(2)]
        second = answer(both, result)
        print(f"| {name} | {first:.2f} ms | {second:.2f} ms ({second / first:.2f}) |", flush=True)


def answer(processes, result):
    """Runs processes; ends this program if one of them fails."""
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        if process.exitcode:
            for other in processes:
                other.terminate()
            sys.exit(f"A process ended with {process.exitcode}.")
    return result.get()


def run_alone(units, batch, epochs, result):
    result.put(alone(units, batch, epochs))


if __name__ == "__main__":
    main()
