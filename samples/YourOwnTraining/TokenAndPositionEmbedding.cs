using Cairn;
using Cairn.Layers;
using static TorchSharp.torch;

/// <summary>The embedding of a token plus that of its position.</summary>
internal sealed class TokenAndPositionEmbedding : Layer
{
    private readonly Embedding tokens;
    private readonly Embedding positions;

    public TokenAndPositionEmbedding(int maxLength, int vocabularySize, int embedDim)
        : base(name: null)
    {
        tokens = AddSublayer(new Embedding(vocabularySize, embedDim), "token_emb");
        positions = AddSublayer(new Embedding(maxLength, embedDim), "pos_emb");
    }

    public override Shape ComputeOutputShape(Shape inputShape) => [.. inputShape, tokens.OutputDim];

    protected override Tensor Call(Tensor x, CallContext context) => tokens.Call(x) + positions.Call(arange(x.shape[^1]));
}
