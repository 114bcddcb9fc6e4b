using System.Text.Json.Nodes;
using Cairn.Initializers;
using Cairn.Saving;

namespace Cairn.Layers;

// Low-rank adaptation (LoRA) of a layer's kernel or embeddings (Hu et al., 2021, https://arxiv.org/abs/2106.09685).
public abstract partial class Layer
{
    // A file can request any rank; factors larger than the weight are useless.
    private const int MostSurplusRank = 64;

    // Added when the layer is built.
    private LoraSettings? wantedLora;

    /// <summary>The adaptation, or null.</summary>
    private protected LoraWeights? Lora { get; private set; }

    /// <summary>The settings of the adaptation, which may not have its weights yet; or null.</summary>
    private protected LoraSettings? LoraSettings => Lora?.Settings ?? wantedLora;

    /// <summary>The layer's own weights as Keras' weight files have them: an adaptation is merged into its weight.</summary>
    internal virtual IReadOnlyList<Variable> StoredWeights =>
        Quantized is not null ? [Quantized.Values, .. WithoutLora.Where(weight => weight.IsListedFirst), .. Quantized.Further]
        : Packed is { BiasIsFirst: false } ? [Packed.Values, .. OwnWeights.Where(weight => weight.IsListedFirst), .. Packed.Further]
        : Float8 is not null ? [.. OwnWeights.Where(weight => !weight.IsOverwritten), .. Float8.Variables]
        : Lora is null ? OwnWeights
        : [.. WithoutLora];

    private IEnumerable<Variable> WithoutLora => OwnWeights.Where(weight => weight != Lora?.A && weight != Lora?.B);

    /// <summary>The variable whose values a file gets for one of <see cref="StoredWeights"/>.</summary>
    internal Variable AsStored(Variable weight) => Lora?.AsStored(weight, Quantized) ?? weight;

    /// <summary>Called when <see cref="StoredWeights"/> have been loaded.</summary>
    internal void TookStored() => Lora?.Reset();

    /// <summary>Adds an adaptation, as soon as the layer is built.</summary>
    /// <param name="adapted">The weight; null before the layer is built.</param>
    /// <param name="settings">Rank, scale and initializers.</param>
    private protected void AddLora(Variable? adapted, LoraSettings settings)
    {
        if (LoraSettings is { } present)
        {
            throw new InvalidOperationException($"{ClassName} '{Name}' already has LoRA of rank {present.Rank}.");
        }

        if (quantization is { IsFloat8: true } or { IsPacked: true })
        {
            throw new InvalidOperationException(
                $"{ClassName} '{Name}' is quantized to {quantization.Mode}, with which LoRA is not supported.");
        }

        if (adapted is null || origin is null)
        {
            wantedLora = settings;
        }
        else
        {
            AddLora(adapted, settings, origin);
        }
    }

    /// <summary>Adds the adaptation that was requested before the layer is built, if any; at the end of Build.</summary>
    private protected void AddWantedLora(Variable? adapted)
    {
        if (wantedLora is not { } settings || adapted is null)
        {
            return;
        }

        Shape shape = Quantized?.Shape ?? adapted.Shape;
        long last = shape[^1];
        long most = Math.Max(MostSurplusRank, Math.Min(last, shape.ElementCount / Math.Max(1, last)));
        if (settings.Rank > most)
        {
            throw new InvalidOperationException(
                $"{ClassName} '{Name}' has a lora_rank of {settings.Rank}; a weight of shape {shape} can have at most {most}.");
        }

        AddLora(adapted, settings, building!);
    }

    /// <summary>Reads rank and scale of an adaptation; it is added when the layer is built.</summary>
    private protected void TakeLora(ConfigReader config)
    {
        if (config.Has("lora_rank"))
        {
            int rank = (int)config.Long("lora_rank", least: 1, most: int.MaxValue);
            wantedLora = new LoraSettings(rank, config.OptionalDouble("lora_alpha"));
        }
    }

    private protected void WriteLora(JsonObject config)
    {
        if (LoraSettings is { } settings)
        {
            config["lora_rank"] = settings.Rank;
            config["lora_alpha"] = settings.Alpha == Math.Floor(settings.Alpha) && Math.Abs(settings.Alpha) < int.MaxValue
                ? (int)settings.Alpha
                : settings.Alpha;
        }
    }

    private void AddLora(Variable adapted, LoraSettings settings, Training.BuildContext context)
    {
        if (adapted.Constraint is not null)
        {
            throw new InvalidOperationException(
                $"{ClassName} '{Name}' has a constraint on its weight '{adapted.Name}', which LoRA does not support; remove it.");
        }

        Shape shape = Quantized?.Shape ?? adapted.Shape;
        Variable a = Factor("a", [.. shape[..^1], settings.Rank], settings.AInitializer ?? "he_uniform");
        Variable b = Factor("b", [settings.Rank, shape[^1]], settings.BInitializer ?? Initializer.Zeros);
        adapted.Trainable = false;
        Lora = new LoraWeights(adapted, a, b, settings);
        CountTrainableChange();

        Variable Factor(string name, Shape shape, Initializer initializer)
        {
            Variable factor = context.CreateFilledVariable($"lora_{adapted.Name}_{name}", shape, initializer);
            factor.MoveTo(adapted.Stored.device);
            factor.Regularizer = adapted.Regularizer;
            return Register(factor);
        }
    }
}
