using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Training.Inference;

/// <summary>
/// The function of a model in inference as a list of steps over raw memory: no tensors, no dispatch, no graph. For models whose layers all
/// work on the CPU in float32 and on each row alone; <see cref="InferencePlanner"/> makes it.
/// </summary>
/// <remarks>
/// <para>
/// Rows pass through all steps in blocks that fit in the processor's cache. Weights are read where they are, so that a change of them can't
/// be missed, whoever made it. A row has the same bits in every batch, block and thread.
/// </para>
/// <para>Several threads may use a plan at the same time.</para>
/// </remarks>
internal sealed unsafe class InferencePlan
{
    // Numbers of the values of a block, so that they stay in the second-level cache. Inputs only pass through it. Each block copies the
    // weights to panels, so small blocks would cost more.
    private const int BlockSize = 1 << 17;
    private const int MostRows = 256;

    // Many pieces, so that no thread waits long for another one's last piece; but a few for each thread, even if they are less than a block.
    private const int LeastPieces = 2;
    private const int MostPieces = 32;

    // Kept for the next call, up to this size. With the plan, they belong to the model.
    private const int MostKept = 1 << 20;

    // In floats: a line of the cache.
    private const int Alignment = 16;

    private readonly RowStep[] steps;
    private readonly Variable[] weights;
    private readonly Func<bool>[] conditions;
    private readonly int[] lengths;
    private readonly int[] places;
    private readonly int[] inputs;
    private readonly int[] outputs;
    private readonly int numbersPerRow;
    private readonly int room;
    private readonly int blockRows;
    private readonly ConcurrentBag<float[]> kept = [];

    // Tensors that the plan can read. Each of these questions is a native call.
    private readonly Tensor?[] known;

    /// <summary>Creates a plan.</summary>
    /// <param name="steps">The steps, in order.</param>
    /// <param name="weights">The weights that steps refer to by index.</param>
    /// <param name="conditions">What must hold for the plan to be right.</param>
    /// <param name="lengths">Numbers per row of each value.</param>
    /// <param name="inputs">The values that are inputs, with their shapes.</param>
    /// <param name="outputs">The values that are outputs, with their shapes.</param>
    public InferencePlan(
        IEnumerable<RowStep> steps, IEnumerable<Variable> weights, IEnumerable<Func<bool>> conditions, int[] lengths,
        IReadOnlyList<(int Value, Shape Shape)> inputs, IReadOnlyList<(int Value, Shape Shape)> outputs)
    {
        this.steps = [.. steps];
        this.weights = [.. weights];
        known = new Tensor?[this.weights.Length];
        this.conditions = [.. conditions];
        this.lengths = lengths;
        this.inputs = [.. inputs.Select(input => input.Value)];
        this.outputs = [.. outputs.Select(output => output.Value)];
        Inputs = [.. inputs.Select(input => input.Shape)];
        Outputs = [.. outputs.Select(output => output.Shape)];
        (places, numbersPerRow) = PlaceValues();
        room = this.steps.Select(step => step.Room).DefaultIfEmpty().Max();
        Products = this.steps.Sum(step => step.Products);
        long inBlock = numbersPerRow + this.outputs.Sum(value => (long)lengths[value]);
        int most = (int)Math.Clamp(BlockSize / Math.Max(1, inBlock), 1, MostRows);
        blockRows = most < PanelProduct.TileRows ? PanelProduct.TileRows : most / PanelProduct.TileRows * PanelProduct.TileRows;
    }

    /// <summary>The shapes of the inputs, each of one row.</summary>
    public IReadOnlyList<Shape> Inputs { get; }

    /// <summary>The shapes of the outputs, each of one row.</summary>
    public IReadOnlyList<Shape> Outputs { get; }

    /// <summary>Products of a row.</summary>
    public long Products { get; }

    /// <summary>Whether the model is still the one the plan was made for.</summary>
    public bool IsCurrent => Array.TrueForAll(conditions, holds => holds());

    /// <summary>Computes the outputs, unless a weight is not where the plan can read it.</summary>
    /// <param name="x">The addresses of the inputs, <c>[rows, ...]</c>, contiguous.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="y">The addresses of the outputs.</param>
    /// <param name="inThreads">Whether to use several threads if there is enough work; the result is the same.</param>
    /// <returns>Whether they were computed.</returns>
    public bool TryRun(ReadOnlySpan<nint> x, long rows, ReadOnlySpan<nint> y, bool inThreads = true)
    {
        float** found = stackalloc float*[weights.Length + 1];
        for (int i = 0; i < weights.Length; i++)
        {
            Tensor weight = weights[i].Source;
            if (!ReferenceEquals(weight, known[i]))
            {
                if (weight.dtype != ScalarType.Float32 || !TensorMemory.IsReachable(weight))
                {
                    return false;
                }

                known[i] = weight;
            }

            found[i] = (float*)TensorMemory.PointerTo(weight);
        }

        fixed (nint* from = x)
        {
            fixed (nint* to = y)
            {
                int threads = inThreads && rows * Products > Model.SmallStep ? get_num_threads() : 1;
                if (threads == 1 || rows < 2 * PanelProduct.TileRows)
                {
                    RunRows((float**)from, 0, rows, (float**)to, found, threads > 1);
                }
                else
                {
                    RunInThreads((float**)from, rows, (float**)to, found, threads);
                }
            }
        }

        GC.KeepAlive(weights);
        return true;
    }

    private void RunInThreads(float** x, long rows, float** y, float** found, int threads)
    {
        long pieces = Math.Clamp(rows / blockRows, LeastPieces * threads, MostPieces * threads);
        long size = RoundUp((rows + pieces - 1) / pieces, PanelProduct.TileRows);
        int count = (int)((rows + size - 1) / size);
        ThreadTeam.Run(count, piece => RunRows(x, piece * size, Math.Min(size, rows - (piece * size)), y, found, inThreads: false));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunRows(float** x, long first, long rows, float** y, float** found, bool inThreads)
    {
        int most = (int)Math.Min(rows, blockRows);
        long size = ((long)most * numbersPerRow) + room + Alignment;
        if (!kept.TryTake(out float[]? memory) || memory.Length < size)
        {
            memory = GC.AllocateUninitializedArray<float>(checked((int)size), pinned: true);
        }

        fixed (float* start = memory)
        {
            float* aligned = (float*)RoundUp((long)start, Alignment * sizeof(float));
            float** values = stackalloc float*[lengths.Length];
            for (long done = 0; done < rows; done += most)
            {
                int now = (int)Math.Min(most, rows - done);
                for (int i = 0; i < lengths.Length; i++)
                {
                    values[i] = aligned + room + ((long)places[i] * most);
                }

                for (int i = 0; i < inputs.Length; i++)
                {
                    values[inputs[i]] = x[i] + ((first + done) * lengths[inputs[i]]);
                }

                for (int i = 0; i < outputs.Length; i++)
                {
                    values[outputs[i]] = y[i] + ((first + done) * lengths[outputs[i]]);
                }

                int following = (int)Math.Min(most, rows - done - now);
                var block = new RowBlock(values, found, now, aligned, inThreads, inputs, following);
                foreach (RowStep step in steps)
                {
                    step.Run(block);
                }
            }
        }

        if (memory.Length <= MostKept)
        {
            kept.Add(memory);
        }
    }

    /// <summary>Gives each value a place in the memory of a block, which another value gets after its last use.</summary>
    /// <returns>The places and their sum, in numbers per row.</returns>
    private (int[] Places, int Sum) PlaceValues()
    {
        int[] found = new int[lengths.Length], lastUse = new int[lengths.Length];
        for (int step = 0; step < steps.Length; step++)
        {
            foreach (int value in steps[step].Inputs)
            {
                lastUse[value] = step;
            }

            lastUse[steps[step].Output] = Math.Max(lastUse[steps[step].Output], step);
        }

        var placed = new HashSet<int>([.. inputs, .. outputs]);
        List<(int Place, int Size, int BusyUntil)> rooms = [];
        int sum = 0;
        for (int step = 0; step < steps.Length; step++)
        {
            int value = steps[step].Output;
            if (!placed.Add(value))
            {
                continue;
            }

            int size = (int)RoundUp(lengths[value], Alignment);
            int at = rooms.FindIndex(room => room.BusyUntil < step && room.Size >= size);
            if (at < 0)
            {
                at = rooms.Count;
                rooms.Add((sum, size, step));
                sum = checked(sum + size);
            }

            rooms[at] = rooms[at] with { BusyUntil = lastUse[value] };
            found[value] = rooms[at].Place;
        }

        return (found, sum);
    }

    private static long RoundUp(long number, long multiple) => (number + multiple - 1) / multiple * multiple;
}
