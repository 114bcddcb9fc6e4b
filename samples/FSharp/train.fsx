// dotnet fsi train.fsx
#r "nuget: Cairn.FSharp"
#r "nuget: libtorch-cpu-linux-x64, 2.10.0" // or libtorch-cpu-win-x64, libtorch-cpu-osx-arm64

open Cairn
open Cairn.Callbacks
open Cairn.FSharp
open Cairn.Layers

let x = Array2D.init 64 4 (fun i j -> float32 (i + j) / 70.f)
let y = Array2D.init 64 1 (fun i _ -> float32 i / 64.f)

let model = new Sequential([ new Input(shape [ 4 ]); new Dense(16, "relu"); new Dense(1) ], seed = 1L)
model.Compile("adam", "mse", metrics [ "mae" ])

let history =
    model.Fit(x, y, epochs = 5, verbose = 0, callbacks = callbacks [ new EarlyStopping("loss", patience = 3); new TerminateOnNaN() ])

printfn "loss falls: %b" (history["loss"].[4] < history["loss"].[0])
