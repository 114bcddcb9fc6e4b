using Cairn.Layers;

namespace Cairn.CrashWorker;

/// <summary>Saves a model again and again, in every format that h5py or Keras opens, until there is a file <c>stop</c>.</summary>
internal static class Saves
{
    public static void Run()
    {
        using var model = new Sequential([new Input([8]), new Dense(64, activation: "relu"), new Dense(1)], seed: 3);
        model.Compile("adam", new Cairn.Losses.MeanSquaredError());
        model.Fit(new float[16, 8], new float[16, 1], verbose: 0);
        int saves = 0;
        for (; !File.Exists("stop"); saves += 3)
        {
            model.Save("model.keras");
            model.Save("model.h5");
            model.SaveWeights("model.weights.h5");
        }

        Console.WriteLine($"{saves} saves");
    }
}
