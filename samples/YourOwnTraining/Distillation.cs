using Cairn;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>A small student learns from a larger teacher: a model with a custom loss in Fit.</summary>
internal static class Distillation
{
    public static double[] Run(int images = 128, int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(6);
        (Tensor x, Tensor y) = Digits.Load(images);
        using Sequential teacher = MakeClassifier(16), student = MakeClassifier(4);
        draws.SetWeights(teacher, student);

        Loss crossentropy = Loss.SparseCategoricalCrossentropy(fromLogits: true);
        teacher.Compile(optimizer: new Adam(0.01), loss: crossentropy);
        History taught = teacher.Fit(x, y, epochs: epochs, shuffle: false, verbose: 0);

        var distiller = new Distiller(student, teacher);
        teacher.Trainable = false;
        distiller.Compile(
            optimizer: new Adam(0.01),
            metrics: ["sparse_categorical_accuracy"],
            studentLoss: crossentropy,
            distillationLoss: Loss.KLDivergence());
        History history = distiller.Fit(x, y, epochs: epochs, shuffle: false, verbose: 0);
        return [.. taught["loss"], .. history["loss"], .. history["sparse_categorical_accuracy"]];
    }

    private static Sequential MakeClassifier(int filters) => new(
        [
            new Input([8, 8, 1]),
            new Conv2D(filters, 3, strides: 2, padding: "same"),
            new LeakyReLU(negativeSlope: 0.2),
            new MaxPooling2D(2, strides: 1, padding: "same"),
            new Conv2D(2 * filters, 3, strides: 2, padding: "same"),
            new Flatten(),
            new Dense(10),
        ]);

    private sealed class Distiller : Model
    {
        private readonly Model student;
        private readonly Model teacher;
        private Loss studentLoss = null!;
        private Loss distillationLoss = null!;
        private double alpha;
        private double temperature;

        public Distiller(Model student, Model teacher)
        {
            this.student = AddSublayer(student, "student");
            this.teacher = AddSublayer(teacher, "teacher");
        }

        public void Compile(
            Optimizer optimizer, OutputMetrics metrics, Loss studentLoss, Loss distillationLoss, double alpha = 0.1, double temperature = 3)
        {
            Compile(optimizer: optimizer, metrics: metrics);
            this.studentLoss = studentLoss;
            this.distillationLoss = distillationLoss;
            this.alpha = alpha;
            this.temperature = temperature;
        }

        protected override Tensor ComputeLoss(Batch batch, IReadOnlyList<Tensor> yPred, CallContext context)
        {
            Tensor teacherPred = teacher.Call(batch.X, training: false).detach();
            Tensor hard = studentLoss.Compute(batch.Y!, yPred[0]);
            Tensor soft = distillationLoss.Compute(
                (teacherPred / temperature).softmax(1),
                (yPred[0] / temperature).softmax(1)) * (temperature * temperature);
            return (alpha * hard) + ((1 - alpha) * soft);
        }

        protected override Tensor Call(Tensor x, CallContext context) => student.Call(x);
    }
}
