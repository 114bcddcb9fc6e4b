namespace Cairn.FSharp

open System.Collections.Generic
open Cairn
open Cairn.Callbacks
open Cairn.Layers
open Cairn.Metrics

/// Arguments whose C# types F# does not convert to by itself. Opened with the namespace.
[<AutoOpen>]
module Arguments =
    /// <summary>A shape: <c>shape [ 28; 28; 1 ]</c> or <c>shape [| 28; 28; 1 |]</c>.</summary>
    /// <param name="sizes">Sizes of 0 or more; -1 for an axis of unknown size.</param>
    /// <exception cref="T:System.ArgumentException">A size is less than -1.</exception>
    let shape (sizes: int seq) : Shape = Shape.op_Implicit (Seq.toArray sizes)

    /// <summary>
    /// Callbacks of different classes: <c>callbacks [ new EarlyStopping("loss"); new TerminateOnNaN() ]</c>. <c>Fit</c> has overloads, so
    /// that F# would take the type of the first callback for all of them.
    /// </summary>
    let callbacks (callbacks: Callback list) : Callback seq = callbacks

    /// <summary>Metrics by their Keras names: <c>metrics [ "accuracy"; "auc" ]</c>.</summary>
    /// <exception cref="T:System.ArgumentException">A name is unknown; the message contains the nearest known name.</exception>
    let metrics (names: string list) : OutputMetrics = nonNull (OutputMetrics.op_Implicit (List.toArray names))

    /// <summary>Weights of the classes in the loss: <c>classWeights [ 0, 1.0; 1, 5.0 ]</c>.</summary>
    let classWeights (weights: (int * float) list) : IReadOnlyDictionary<int, float> = readOnlyDict weights

    /// <summary>An input of a functional model: <c>input [ 28; 28; 1 ]</c>.</summary>
    /// <param name="sizes">The sizes of a sample's axes; -1 for an axis of unknown size.</param>
    /// <exception cref="T:System.ArgumentException">A size is less than -1.</exception>
    let input (sizes: int seq) : KerasTensor = KerasTensor.op_Implicit (new Input(shape sizes))

    /// <summary>Calls a layer on a symbolic tensor: <c>x |> apply (new Dense(8, "relu")) |> apply (new Dense(1))</c>.</summary>
    let apply (layer: Layer) (x: KerasTensor) : KerasTensor = layer.Apply x

    /// <summary>Calls a merging layer: <c>[ a; b ] |> merge (new Concatenate())</c>.</summary>
    let merge (layer: Layer) (inputs: KerasTensor list) : KerasTensor = layer.Apply(List.toArray inputs)

/// Arguments that are arrays, which convert to the types of Cairn. Opened with the namespace.
[<AutoOpen>]
type ArrayArguments =
    /// <summary>Validation data: <c>validationData = validation (x, y)</c>.</summary>
    /// <param name="x">Inputs: an array, a tensor, or several of them.</param>
    /// <param name="y">Targets.</param>
    static member validation(x: NDArrays, y: NDArrays) = struct (x, y)
