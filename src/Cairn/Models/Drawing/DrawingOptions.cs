namespace Cairn.Drawing;

/// <summary>What a drawing of a model shows.</summary>
/// <param name="ShowShapes">The shapes of inputs and outputs.</param>
/// <param name="ShowLayerNames">The names of the layers.</param>
/// <param name="ShowTrainable">Which layers are trained.</param>
/// <param name="ExpandNested">The layers of nested models, in a frame, instead of a single box.</param>
internal sealed record DrawingOptions(bool ShowShapes, bool ShowLayerNames, bool ShowTrainable, bool ExpandNested);
