namespace Cairn;

// The stages of EfficientNetV2, from Keras' DEFAULT_BLOCKS_ARGS.
public static partial class Applications
{
    internal static StageV2[] V2Base =>
    [
        new(3, 1, 32, 16, 1, Fused: true, 1),
        new(3, 2, 16, 32, 4, Fused: true, 2),
        new(3, 2, 32, 48, 4, Fused: true, 2),
        new(3, 3, 48, 96, 4, Fused: false, 2),
        new(3, 5, 96, 112, 6, Fused: false, 1),
        new(3, 8, 112, 192, 6, Fused: false, 2),
    ];

    private static StageV2[] V2Small =>
    [
        new(3, 2, 24, 24, 1, Fused: true, 1),
        new(3, 4, 24, 48, 4, Fused: true, 2),
        new(3, 4, 48, 64, 4, Fused: true, 2),
        new(3, 6, 64, 128, 4, Fused: false, 2),
        new(3, 9, 128, 160, 6, Fused: false, 1),
        new(3, 15, 160, 256, 6, Fused: false, 2),
    ];

    private static StageV2[] V2Medium =>
    [
        new(3, 3, 24, 24, 1, Fused: true, 1),
        new(3, 5, 24, 48, 4, Fused: true, 2),
        new(3, 5, 48, 80, 4, Fused: true, 2),
        new(3, 7, 80, 160, 4, Fused: false, 2),
        new(3, 14, 160, 176, 6, Fused: false, 1),
        new(3, 18, 176, 304, 6, Fused: false, 2),
        new(3, 5, 304, 512, 6, Fused: false, 1),
    ];

    private static StageV2[] V2Large =>
    [
        new(3, 4, 32, 32, 1, Fused: true, 1),
        new(3, 7, 32, 64, 4, Fused: true, 2),
        new(3, 7, 64, 96, 4, Fused: true, 2),
        new(3, 10, 96, 192, 4, Fused: false, 2),
        new(3, 19, 192, 224, 6, Fused: false, 1),
        new(3, 25, 224, 384, 6, Fused: false, 2),
        new(3, 7, 384, 640, 6, Fused: false, 1),
    ];
}
