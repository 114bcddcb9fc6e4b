namespace Cairn.Layers;

/// <summary>The position of the channels axis.</summary>
public enum DataFormat
{
    /// <summary><c>[batch, height, width, channels]</c>, Keras' default.</summary>
    ChannelsLast,

    /// <summary><c>[batch, channels, height, width]</c>.</summary>
    ChannelsFirst,
}
