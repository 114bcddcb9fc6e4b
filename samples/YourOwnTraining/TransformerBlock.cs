using Cairn;
using Cairn.Layers;
using static TorchSharp.torch;

/// <summary>Attention and a small network for each position, both with a residual connection.</summary>
internal sealed class TransformerBlock : Layer
{
    private readonly MultiHeadAttention attention;
    private readonly Sequential ffn;
    private readonly LayerNormalization norm1;
    private readonly LayerNormalization norm2;
    private readonly bool causal;

    public TransformerBlock(int embedDim, int numHeads, int ffDim, bool causal = false)
        : base(name: null)
    {
        this.causal = causal;
        attention = AddSublayer(new MultiHeadAttention(numHeads: numHeads, keyDim: embedDim), "att");
        ffn = AddSublayer(new Sequential([new Dense(ffDim, activation: "relu"), new Dense(embedDim)]), "ffn");
        norm1 = AddSublayer(new LayerNormalization(epsilon: 1e-6), "layernorm1");
        norm2 = AddSublayer(new LayerNormalization(epsilon: 1e-6), "layernorm2");
    }

    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    protected override Tensor Call(Tensor inputs, CallContext context)
    {
        Tensor out1 = norm1.Call(inputs + attention.Apply(inputs, inputs, context, useCausalMask: causal));
        return norm2.Call(out1 + ffn.Call(out1));
    }
}
