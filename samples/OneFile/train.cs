// A training program in a single file: dotnet run train.cs. The lines below name its packages.
// .ci/published runs it in four ways: as is, published trimmed, as a single file, and compiled ahead of time.
#:package Cairn@*-*
#:package libtorch-cpu-linux-x64@2.10.0
using static TorchSharp.torch;

// The class of a point is the nearest of three centres.
string folder = Path.Combine(Path.GetTempPath(), $"cairn-{Environment.ProcessId}");
Directory.CreateDirectory(folder);
string In(string name) => Path.Combine(folder, name);
var random = new Random(1);
float[,] x = new float[300, 2];
int[] y = new int[300];
float[,] centres = { { 0, 1 }, { 0.9f, -0.5f }, { -0.9f, -0.5f } };
for (int i = 0; i < 300; i++)
{
    y[i] = i % 3;
    for (int axis = 0; axis < 2; axis++)
    {
        x[i, axis] = centres[y[i], axis] + (0.9f * (random.NextSingle() - 0.5f));
    }
}

using Sequential model = Make();
var counter = new CountBatches();
History history = model.Fit(x, y, epochs: 12, validationSplit: 0.2, verbose: 0, callbacks:
[
    new ReduceLROnPlateau("val_loss", patience: 2),
    new ModelCheckpoint(In("best.keras"), monitor: "val_loss", saveBestOnly: true),
    new ModelCheckpoint(In("best.h5"), monitor: "val_loss", saveBestOnly: true),
    new EarlyStopping("val_loss", patience: 8),
    new CSVLogger(In("log.csv")),
    new TensorBoard(In("logs"), histogramFreq: 1, writeGraph: true, hyperParameters: new Dictionary<string, object> { ["rows"] = 300 }),
    counter,
]);
Check("learns", history["val_loss"][^1] < history["val_loss"][0] / 2);
Check("the hooks of a custom callback are called", counter.Batches == 8 * history.Epochs.Count);

// Saves and loads a history in both formats.
history.Save(In("history.json"));
history.Save(In("history.csv"));
Check("history.json", History.Load(In("history.json"))["loss"].SequenceEqual(history["loss"]));
Check("history.csv", History.Load(In("history.csv")).Epochs.Count == history.Epochs.Count);

// Saves and loads models and weights in every format.
float[] expected = model.Predict(x, verbose: 0).ToArray();
Attempt("model.keras", () => Same(model.Save, In("model.keras")));
Attempt("model.h5", () => Same(model.Save, In("model.h5")));
Attempt("best.keras", () => Model.Load(In("best.keras")).Dispose());
Attempt("best.h5", () => Model.Load(In("best.h5")).Dispose());
foreach (string weights in new[] { "w.weights.h5", "w.safetensors", "w.dat" })
{
    Attempt(weights, () =>
    {
        model.SaveWeights(In(weights));
        using Sequential other = Make(seed: 2);
        other.LoadWeights(In(weights));
        Check(weights, other.Predict(x, verbose: 0).ToArray().SequenceEqual(expected));
    });
}

// A run that is stopped and resumed ends with the same bits as an uninterrupted one.
using Sequential whole = Make();
whole.Fit(x, y, epochs: 4, verbose: 0);
using Sequential half = Make();
try
{
    half.Fit(x, y, epochs: 4, verbose: 0,
        callbacks: [new BackupAndRestore(In("backup"), saveFreq: 3), new CSVLogger(In("stopped.csv")), new StopAt(2)]);
}
catch (OperationCanceledException)
{
    Console.WriteLine("stopped in the third epoch");
}

using Sequential rest = Make();
rest.Fit(x, y, epochs: 4, verbose: 0,
    callbacks: [new BackupAndRestore(In("backup"), saveFreq: 3), new CSVLogger(In("stopped.csv")), new StopAt(99)]);
Check("resumes", rest.Predict(x, verbose: 0).ToArray().SequenceEqual(whole.Predict(x, verbose: 0).ToArray()));

// Callbacks as JSON, and data files.
string json = CallbackSerialization.SerializeList([new EarlyStopping("loss", patience: 3), new TensorBoard("logs")]);
Check("callbacks as JSON", CallbackSerialization.DeserializeList(json).Count == 2
    && CallbackSerialization.Serialize(new CSVLogger("a.csv")).ToString().Contains("CSVLogger"));
File.WriteAllText(In("rows.csv"), "a,b,c\n1,2,0\n2,1,1\n0,1,2\n");
model.Fit(Dataset.FromCsv(In("rows.csv"), target: "c"), verbose: 0);

// A custom model with its own training step, and a TorchSharp network.
using var own = new Own();
own.Compile("adam", "mse");
own.Fit(x, x, epochs: 2, verbose: 0);
Check("an overridden TrainStep is called", own.Steps == 20);
using var network = nn.Sequential(("first", nn.Linear(2, 8)), ("relu", nn.ReLU()), ("last", nn.Linear(8, 3)));
using TorchModel wrapped = Model.From(network, seed: 1);
wrapped.Compile("adam", Loss.SparseCategoricalCrossentropy(fromLogits: true), ["accuracy"]);
Check("a TorchSharp module trains", wrapped.Fit(x, y, epochs: 3, verbose: 0)["loss"] is [var first, .., var last] && last < first);

Directory.Delete(folder, recursive: true);
Console.WriteLine("all checks passed");
return 0;

static Sequential Make(long seed = 1)
{
    var made = new Sequential([new Input([2]), new Dense(16, activation: "relu"), new BatchNormalization(), new Dropout(0.1),
        new Dense(3, activation: "softmax")], seed: seed);
    made.Compile(new Adam(0.02), "sparse_categorical_crossentropy", ["accuracy", Metric.SparseTopKCategoricalAccuracy(k: 2)]);
    return made;
}

void Same(Action<string> save, string path)
{
    save(path);
    using Model loaded = Model.Load(path);
    Check(Path.GetFileName(path), loaded.Predict(x, verbose: 0).ToArray().SequenceEqual(expected));
}

static void Check(string what, bool holds)
{
    Console.WriteLine($"{(holds ? "ok" : "FAILED")}: {what}");
    if (!holds)
    {
        Environment.Exit(1);
    }
}

static void Attempt(string what, Action action)
{
    try
    {
        action();
    }
    catch (Exception problem)
    {
        Console.WriteLine($"FAILED: {what}: {problem}");
        Environment.Exit(1);
    }
}

sealed class CountBatches : Callback
{
    public int Batches { get; private set; }

    public override void OnTrainBatchEnd(int batch, Logs logs) => Batches++;
}

sealed class StopAt(int epoch) : Callback
{
    public override void OnEpochBegin(int index, Logs logs)
    {
        if (index == epoch)
        {
            throw new OperationCanceledException("stopped");
        }
    }
}

sealed class Own : Model
{
    private readonly Dense dense;

    public Own() => dense = AddSublayer(new Dense(2), "dense");

    public int Steps { get; private set; }

    protected override Tensor Call(Tensor input, CallContext context) => dense.Apply(input, context);

    protected override Logs? TrainStep(Batch batch, CallContext context)
    {
        Steps++;
        return base.TrainStep(batch, context);
    }
}
