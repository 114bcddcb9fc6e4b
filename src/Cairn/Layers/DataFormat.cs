namespace Cairn.Layers;

/// <summary>Where the channels of an image are.</summary>
public enum DataFormat
{
    /// <summary><c>[batch, height, width, channels]</c>, Keras' default.</summary>
    ChannelsLast,

    /// <summary><c>[batch, channels, height, width]</c>.</summary>
    ChannelsFirst,
}
