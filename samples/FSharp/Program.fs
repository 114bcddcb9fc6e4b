open System
open Cairn
open Cairn.Callbacks
open Cairn.FSharp
open Cairn.Layers
open Cairn.Losses
open Cairn.Optimizers
open TorchSharp

let x = Array2D.init 64 4 (fun i j -> float32 (i + j) / 70.f)
let y = Array2D.init 64 1 (fun i _ -> float32 i / 64.f)

let model = new Sequential([ new Input(shape [ 4 ]); new Dense(16, "relu"); new Dense(1) ], seed = 1L)
model.Compile("adam", "mse", metrics [ "mae" ])

let history =
    model.Fit(x, y, epochs = 2, verbose = 0, validationData = validation (x, y),
        callbacks = callbacks [ new EarlyStopping("val_loss", patience = 3); new TerminateOnNaN() ])

printfn "loss falls: %b" (history["loss"].[1] < history["loss"].[0])
printfn "events: %d, values: %s" history.Events.Count (String.concat ", " history.Keys)

let predicted = model.Predict(x, verbose = 0)
printfn "predictions: %O" predicted.Shape

let features = input [ 4 ]
let hidden = features |> apply (new Dense(8, "relu"))
let wide = [ hidden; features ] |> merge (new Concatenate())
let functional = new Functional(features, wide |> apply (new Dense(1)))
functional.Compile(new Adam(0.01), Loss.From(fun t p -> (t - p).square ()), metrics [ "mae" ])
functional.Fit(x, y, verbose = 0) |> ignore

type Twice() =
    inherit Layer(null)
    override _.ComputeOutputShape(inputShape: Shape) = inputShape
    override _.Call(x: torch.Tensor, _: CallContext) : torch.Tensor = x + x

type Best() =
    inherit Callback()
    member val Loss = Double.PositiveInfinity with get, set
    override this.OnEpochEnd(_, logs) = this.Loss <- min this.Loss logs["loss"]

let best = new Best()
let own = new Sequential([ new Input(shape [ 4 ]); new Twice(); new Dense(2, "softmax") ])
own.Compile("adam", "sparse_categorical_crossentropy")
let classes = Array.init 64 (fun i -> i % 2)

own.Fit(x, classes, verbose = 0, classWeight = classWeights [ 0, 1.0; 1, 2.0 ], callbacks = callbacks [ best ])
|> ignore

printfn "best loss: %b" (best.Loss < Double.PositiveInfinity)

let loop () =
    use optimizer = new Adam(0.01)
    use xs = torch.from_array x

    for _ in 1..3 do
        use tape = new GradientTape()
        let loss = functional.Call(xs, training = true).square().mean ()
        optimizer.Apply(tape.Gradient(loss, functional.TrainableWeights), functional.TrainableWeights)

loop ()
