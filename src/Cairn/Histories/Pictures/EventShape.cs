namespace Cairn.Callbacks;

/// <summary>The shape of an <see cref="EventMark"/>.</summary>
internal enum EventShape
{
    Line,
    DashedLine,
    DottedLine,
    Circle,
    Diamond,
}
