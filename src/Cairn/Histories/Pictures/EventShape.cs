namespace Cairn.Callbacks;

/// <summary>What an <see cref="EventMark"/> looks like.</summary>
internal enum EventShape
{
    Line,
    DashedLine,
    DottedLine,
    Circle,
    Diamond,
}
