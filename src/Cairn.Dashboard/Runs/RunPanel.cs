using System.Text.Json.Nodes;

namespace Cairn.Dashboard.Runs;

/// <summary>A panel that a callback shows next to the curves.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Kind">How the page shows it: <c>text</c>, <c>images</c>, <c>matrix</c> or <c>histogram</c>.</param>
/// <param name="Version">Grows with every change of any panel of the run.</param>
/// <param name="Content">What is shown, without the bytes of images.</param>
/// <param name="Images">PNG or JPEG files.</param>
internal sealed record RunPanel(string Title, string Kind, long Version, JsonNode Content, IReadOnlyList<byte[]> Images);
