using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.HandWritten;

/// <summary>Loops written by hand, as a user writes them; every number is that of the same loop in Keras (Reference/own).</summary>
public sealed class LoopTests
{
    [Fact]
    public void A_GAN_of_two_models_and_two_optimizers()
    {
        var run = new RecordedRun("gan");
        using DisposeScope scope = NewDisposeScope();
        using Model generator = run.Model("generator_init"), discriminator = run.Model("discriminator_init");
        using var discriminatorOptimizer = new Adam(0.01);
        using var generatorOptimizer = new Adam(0.005, beta1: 0.5);
        var crossentropy = new Cairn.Losses.BinaryCrossentropy(fromLogits: true);
        Tensor real = run.Tensor("real"), noise = run.Tensor("noise");
        var losses = new List<double[]>();

        for (int step = 0; step < 12; step++)
        {
            using var tape = new GradientTape();
            Tensor generated = generator.Call(noise[step, 0], training: true).detach();
            Tensor labels = cat([ones(16, 1), zeros(16, 1)]);
            Tensor discriminatorLoss = crossentropy.Compute(labels, discriminator.Call(cat([generated, real[step]]), training: true));
            Tensor?[] gradients = tape.Gradient(discriminatorLoss, discriminator.TrainableWeights);
            discriminatorOptimizer.Apply(gradients, discriminator.TrainableWeights);

            Tensor judged = discriminator.Call(generator.Call(noise[step, 1], training: true), training: true);
            Tensor generatorLoss = crossentropy.Compute(zeros(16, 1), judged);
            gradients = tape.Gradient(generatorLoss, generator.TrainableWeights);
            generatorOptimizer.Apply(gradients, generator.TrainableWeights);
            losses.Add([discriminatorLoss.item<float>(), generatorLoss.item<float>()]);
        }

        RecordedRun.Same(run.Rows("steps_d_g"), losses, "loss");
        run.EndsAs("generator_final", generator);
        run.EndsAs("discriminator_final", discriminator);
    }

    [Fact]
    public void A_VAE_of_two_models_and_one_optimizer()
    {
        var run = new RecordedRun("vae");
        using DisposeScope scope = NewDisposeScope();
        using Model encoder = run.Model("encoder_init"), decoder = run.Model("decoder_init");
        using var optimizer = new Adam(0.01);
        Tensor x = run.Tensor("x"), epsilon = run.Tensor("epsilon");
        Variable[] weights = [.. encoder.TrainableWeights, .. decoder.TrainableWeights];
        var crossentropy = new Cairn.Losses.BinaryCrossentropy();
        var losses = new List<double[]>();

        for (int step = 0; step < 20; step++)
        {
            using var tape = new GradientTape();
            Tensor[] halves = encoder.Call(x[step], training: true).chunk(2, dim: 1);
            (Tensor mean, Tensor logVariance) = (halves[0], halves[1]);
            Tensor z = mean + ((0.5 * logVariance).exp() * epsilon[step]);
            Tensor reconstruction = decoder.Call(z, training: true);
            Tensor reconstructionLoss = crossentropy.Call(x[step].unsqueeze(-1), reconstruction.unsqueeze(-1)).sum(-1).mean();
            Tensor divergence = (-0.5 * (1 + logVariance - mean.square() - logVariance.exp())).sum(1).mean();
            Tensor loss = reconstructionLoss + divergence;
            optimizer.Apply(tape.Gradient(loss, weights), weights);
            losses.Add([loss.item<float>(), reconstructionLoss.item<float>(), divergence.item<float>()]);
        }

        RecordedRun.Same(run.Rows("loss_reconstruction_kl"), losses, "loss");
        run.EndsAs("encoder_final", encoder);
        run.EndsAs("decoder_final", decoder);
    }

    [Fact]
    public void Distillation_of_a_teacher_into_a_student()
    {
        var run = new RecordedRun("distillation");
        using DisposeScope scope = NewDisposeScope();
        using Model teacher = run.Model("teacher"), student = run.Model("student_init");
        using var optimizer = new SGD(0.05, momentum: 0.9);
        var hardLoss = new Cairn.Losses.SparseCategoricalCrossentropy(fromLogits: true);
        var softLoss = new Cairn.Losses.KLDivergence();
        double temperature = run.Json.GetProperty("temperature").GetDouble(), alpha = run.Json.GetProperty("alpha").GetDouble();
        Tensor x = run.Tensor("x"), y = run.Tensor("y");
        var losses = new List<double[]>();

        for (int step = 0; step < 15; step++)
        {
            using var tape = new GradientTape();
            Tensor taught = teacher.Call(x[step], training: false).detach();
            Tensor learned = student.Call(x[step], training: true);
            Tensor hard = hardLoss.Compute(y[step], learned);
            Tensor soft = softLoss.Compute((taught / temperature).softmax(-1), (learned / temperature).softmax(-1))
                * (temperature * temperature);
            Tensor loss = (alpha * hard) + ((1 - alpha) * soft);
            optimizer.Apply(tape.Gradient(loss, student.TrainableWeights), student.TrainableWeights);
            losses.Add([loss.item<float>(), hard.item<float>(), soft.item<float>()]);
        }

        RecordedRun.Same(run.Rows("loss_hard_soft"), losses, "loss");
        run.EndsAs("student_final", student);
    }

    [Fact]
    public void Deep_Q_learning_with_a_target_network()
    {
        var run = new RecordedRun("dqn");
        using DisposeScope scope = NewDisposeScope();
        using Model q = run.Model("q_init");
        using Model target = q.Clone();
        target.SetWeights(q.GetWeights());
        using var optimizer = new Adam(0.002, clipNorm: 1);
        var huber = new Cairn.Losses.Huber();
        Tensor state = run.Tensor("state"), next = run.Tensor("next"), action = run.Tensor("action");
        Tensor reward = run.Tensor("reward"), done = run.Tensor("done");
        var losses = new List<double>();

        for (int step = 0; step < 30; step++)
        {
            using var tape = new GradientTape();
            Tensor future = target.Call(next[step]).detach().amax([1]);
            Tensor expected = reward[step] + (0.97 * future * (1 - done[step]));
            Tensor value = (q.Call(state[step], training: true) * nn.functional.one_hot(action[step], 3)).sum(1);
            Tensor loss = huber.Compute(expected, value);
            optimizer.Apply(tape.Gradient(loss, q.TrainableWeights), q.TrainableWeights);
            losses.Add(loss.item<float>());
            if ((step + 1) % 10 == 0)
            {
                target.SetWeights(q.GetWeights());
            }
        }

        RecordedRun.Same(run.Values("loss"), losses, "loss");
        run.EndsAs("q_final", q);
    }

    [Fact]
    public void Two_optimizers_for_the_halves_of_a_network_and_gradients_gathered_over_two_batches()
    {
        var run = new RecordedRun("two_optimizers");
        using DisposeScope scope = NewDisposeScope();
        using Model body = run.Model("body_init"), head = run.Model("head_init");
        using var slow = new SGD(0.01);
        using var fast = new AdamW(0.01, weightDecay: 0.01);
        var mse = new Cairn.Losses.MeanSquaredError();
        var mae = new Cairn.Metrics.MeanAbsoluteError();
        Tensor x = run.Tensor("x"), y = run.Tensor("y");
        Variable[] weights = [.. body.TrainableWeights, .. head.TrainableWeights];
        int split = body.TrainableWeights.Count;
        var values = new List<double[]>();

        for (int epoch = 0; epoch < 3; epoch++)
        {
            mae.ResetState();
            double sum = 0;
            for (int batch = 0; batch < 6; batch += 2)
            {
                using var tape = new GradientTape();
                Tensor total = zeros(1).sum();
                for (int i = batch; i < batch + 2; i++)
                {
                    Tensor xBatch = x.narrow(0, i * 8, 8), yBatch = y.narrow(0, i * 8, 8);
                    Tensor yPred = head.Call(body.Call(xBatch, training: true), training: true);
                    Tensor loss = mse.Compute(yBatch, yPred);
                    total += loss / 2;
                    mae.UpdateState(yBatch, yPred.detach());
                    sum += loss.item<float>() / 6;
                }

                Tensor?[] gradients = tape.Gradient(total, weights);
                slow.Apply(gradients[..split], body.TrainableWeights);
                fast.Apply(gradients[split..], head.TrainableWeights);
            }

            values.Add([sum, mae.Result()]);
        }

        RecordedRun.Same(run.Rows("loss_mae"), values, "loss and error");
        run.EndsAs("body_final", body);
        run.EndsAs("head_final", head);
    }

    [Fact]
    public void Grad_CAM_and_an_input_that_climbs_its_gradient()
    {
        var run = new RecordedRun("gradcam");
        using DisposeScope scope = NewDisposeScope();
        using Model model = run.Model("model");
        using var gradModel = new Functional(model.Inputs, [model.GetLayer("last_conv").Output, model.Outputs[0]]);
        Tensor x = run.Tensor("x");

        using (var tape = new GradientTape())
        {
            Tensor[] outputs = gradModel.CallMany(x);
            (Tensor features, Tensor logits) = (outputs[0], outputs[1]);
            Tensor likely = logits.gather(1, logits.argmax(1, keepdim: true));
            Tensor gradients = tape.Gradient(likely, features);
            Tensor heatmap = (features * gradients.mean([1, 2], keepdim: true)).sum(-1).relu();
            heatmap /= heatmap.amax([1, 2], keepdim: true) + 1e-7;
            Tolerance.Near(run.Array("logits").ToArray(), ((NDArray)logits.detach()).ToArray(), 1e-5, "logits");
            Tolerance.Near(run.Array("heatmap").ToArray(), ((NDArray)heatmap.detach()).ToArray(), 1e-4, "heatmap");
        }

        Tensor image = x.clone();
        var values = new List<double>();
        for (int step = 0; step < 6; step++)
        {
            using var tape = new GradientTape();
            Tensor value = model.Call(tape.Watch(image))[.., 1].mean();
            Tensor gradient = tape.Gradient(value, image);
            gradient /= gradient.square().mean().sqrt() + 1e-5;
            image = (image + (0.3 * gradient)).detach().MoveToOuterDisposeScope();
            values.Add(value.item<float>());
        }

        RecordedRun.Same(run.Values("ascent"), values, "mean logit");
        Tolerance.Near(run.Array("ascended").ToArray(), ((NDArray)image).ToArray(), 1e-4, "image");
    }

    [Fact]
    public void Siamese_towers_with_a_function_as_their_loss()
    {
        var run = new RecordedRun("siamese");
        using Model model = run.Model("model_init");
        double margin = run.Json.GetProperty("margin").GetDouble();

        model.Compile(
            new RMSprop(0.003),
            (yTrue, distance) => (((1 - yTrue) * distance.square()) + (yTrue * (margin - distance).clamp_min(0).square())).mean());
        History history = model.Fit([run.Array("a"), run.Array("b")], run.Array("y"), epochs: 4, batchSize: 16, shuffle: false, verbose: 0);

        RecordedRun.Same(run.Values("history"), history["loss"], "loss");
        run.EndsAs("model_final", model);
        Tolerance.Near(
            run.Array("predictions").ToArray(), model.Predict([run.Array("a"), run.Array("b")], verbose: 0).ToArray(),
            Tolerance.DenseWeights, "distance");
    }

    [Fact]
    public void A_new_head_on_the_body_of_a_loaded_model_first_frozen_then_tuned()
    {
        var run = new RecordedRun("transfer");
        using Model source = run.Model("source");

        var body = new Functional(source.Inputs, source.GetLayer("f2").Output) { Trainable = false };
        var input = new Input([6]);
        using var model = new Functional(input, new Dense(2, activation: "softmax", name: "new").Apply(body.Apply(input, training: false)));
        model.GetLayer("new").SetWeights([run.Array("head_kernel"), new float[2]]);
        model.Compile(new Adam(0.01), "sparse_categorical_crossentropy", ["accuracy"]);
        History frozen = model.Fit(run.Array("x"), run.Array("y"), epochs: 3, batchSize: 16, shuffle: false, verbose: 0);
        body.Trainable = true;
        model.Compile(new Adam(0.001), "sparse_categorical_crossentropy", ["accuracy"]);
        History tuned = model.Fit(run.Array("x"), run.Array("y"), epochs: 3, batchSize: 16, shuffle: false, verbose: 0);

        foreach (string name in (string[])["loss", "accuracy"])
        {
            RecordedRun.Same(
                [.. run.Json.GetProperty("frozen").GetProperty(name).EnumerateArray().Select(v => v.GetDouble())],
                frozen[name], name);
            RecordedRun.Same(
                [.. run.Json.GetProperty("tuned").GetProperty(name).EnumerateArray().Select(v => v.GetDouble())],
                tuned[name], name);
        }

        Tolerance.Near(
            run.Array("predictions").ToArray(), model.Predict(run.Array("x"), verbose: 0).ToArray(), Tolerance.DenseWeights, "prediction");
    }
}
