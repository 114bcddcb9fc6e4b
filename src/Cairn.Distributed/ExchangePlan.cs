namespace Cairn.Distributed;

/// <summary>
/// The layout of the exchange of a step: the gradients from the last variable to the first, which is the order of the backward pass, cut
/// into messages. It depends on the variables only, so that the sums have the same bits however the messages are timed.
/// </summary>
internal sealed class ExchangePlan
{
    // 4 MB: large enough for the bandwidth, small enough for several messages to be on their way.
    private const long LeastLength = 1 << 20;

    private readonly long[] places;
    private readonly int[] pieceOf;
    private readonly Dictionary<Variable, int> indices;

    /// <summary>Lays out an exchange.</summary>
    /// <param name="variables">The variables of an optimizer.</param>
    /// <param name="controlLength">Count of numbers that follow the gradients.</param>
    /// <param name="controlIsSeparate">Whether these are a message of their own.</param>
    public ExchangePlan(Variable[] variables, long controlLength, bool controlIsSeparate)
    {
        Variables = variables;
        indices = new Dictionary<Variable, int>(variables.Select(KeyValuePair.Create));
        places = new long[variables.Length];
        pieceOf = new int[variables.Length];
        var pieces = new List<Piece>();
        long at = 0;
        for (int end = variables.Length; end > 0;)
        {
            long start = at;
            int first = end;
            while (first > 0 && at - start < LeastLength)
            {
                first--;
                (places[first], pieceOf[first]) = (at, pieces.Count);
                at += variables[first].Value.NumberOfElements;
            }

            pieces.Add(new Piece(first, end, start, at, at - start + (end - first)));
            at += end - first;
            end = first;
        }

        Control = at;
        Length = at + controlLength;
        Pieces = pieces;
        ControlIsSeparate = controlIsSeparate || pieces.Count == 0;
        if (!ControlIsSeparate)
        {
            pieces[^1] = pieces[^1] with { Length = pieces[^1].Length + controlLength };
        }
    }

    /// <summary>The variables.</summary>
    public Variable[] Variables { get; }

    /// <summary>The messages, in the order in which they are sent.</summary>
    public IReadOnlyList<Piece> Pieces { get; }

    /// <summary>Where the numbers that are no gradients begin.</summary>
    public long Control { get; }

    /// <summary>Whether they are a message of their own; if not, they are in the last one.</summary>
    public bool ControlIsSeparate { get; }

    /// <summary>Count of all numbers.</summary>
    public long Length { get; }

    /// <summary>The index of a variable; -1 if it is none of these.</summary>
    public int IndexOf(Variable variable) => indices.GetValueOrDefault(variable, -1);

    /// <summary>Where the gradient of a variable begins.</summary>
    public long PlaceOf(int variable) => places[variable];

    /// <summary>Where the number is that tells how many processes have a gradient for a variable.</summary>
    public long FlagOf(int variable)
    {
        Piece piece = Pieces[pieceOf[variable]];
        return piece.Flags + (variable - piece.First);
    }

    /// <summary>Index of the message of a variable.</summary>
    public int PieceOf(int variable) => pieceOf[variable];

    /// <summary>A message.</summary>
    /// <param name="First">Index of its first variable.</param>
    /// <param name="End">Index after its last variable.</param>
    /// <param name="Start">Where it begins.</param>
    /// <param name="Flags">Where the numbers begin that tell how many processes have a gradient.</param>
    /// <param name="Length">Count of its numbers.</param>
    internal readonly record struct Piece(int First, int End, long Start, long Flags, long Length);
}
