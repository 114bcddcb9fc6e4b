using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Two towers with the same weights tell whether two digits are the same: a contrastive loss as a function.</summary>
internal static class Siamese
{
    public static double[] Run(int images = 64, int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(5);
        var inputs = new Input([8, 8, 1]);
        KerasTensor x = new Conv2D(4, 3, activation: "tanh").Apply(inputs);
        x = new AveragePooling2D(2).Apply(x);
        x = new Flatten().Apply(x);
        x = new Dense(10, activation: "tanh").Apply(x);
        var tower = new Functional(inputs, x);

        Input left = new([8, 8, 1]), right = new([8, 8, 1]);
        KerasTensor distance = EuclideanDistance(tower.Apply(left), tower.Apply(right));
        KerasTensor outputs = new Dense(1, activation: "sigmoid").Apply(distance);
        using var model = new Functional([left, right], outputs);
        draws.SetWeights(model);

        model.Compile(new RMSprop(0.003), ContrastiveLoss, metrics: ["accuracy"]);
        (Tensor first, Tensor second, Tensor labels) = MakePairs(Digits.Load(images), draws);
        History history = model.Fit([first, second], labels, batchSize: 16, epochs: epochs, shuffle: false, verbose: 0);
        return [.. history["loss"], .. history["accuracy"]];
    }

    private static KerasTensor EuclideanDistance(KerasTensor x, KerasTensor y) =>
        Ops.Sqrt(Ops.Maximum(Ops.Sum(Ops.Square(x - y), axis: 1, keepdims: true), 1e-7));

    private static Tensor ContrastiveLoss(Tensor yTrue, Tensor yPred)
    {
        const double Margin = 1;
        Tensor square = yPred.square();
        Tensor marginSquare = (Margin - yPred).clamp_min(0).square();
        return (((1 - yTrue) * square) + (yTrue * marginSquare)).mean();
    }

    /// <summary>For each image another one of the same digit (label 0) and one of a different digit (label 1).</summary>
    private static (Tensor First, Tensor Second, Tensor Labels) MakePairs((Tensor X, Tensor Y) images, Draws draws)
    {
        long[] y = images.Y.data<long>().ToArray();
        (List<long> left, List<long> right, List<float> labels) = ([], [], []);
        for (int i = 0; i < y.Length; i++)
        {
            long[] same = [.. Enumerable.Range(0, y.Length).Where(j => y[j] == y[i])];
            long[] other = [.. Enumerable.Range(0, y.Length).Where(j => y[j] != y[i])];
            left.AddRange([i, i]);
            right.AddRange([same[draws.Integer(same.Length)], other[draws.Integer(other.Length)]]);
            labels.AddRange([0, 1]);
        }

        return (images.X[tensor(left)], images.X[tensor(right)], tensor(labels).unsqueeze(1));
    }
}
