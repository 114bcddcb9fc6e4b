namespace Cairn.Layers;

/// <summary>The operations that <see cref="RandAugment"/> and <see cref="AugMix"/> choose from, with Keras' arguments.</summary>
/// <param name="Factor">Range of the strength of each operation.</param>
/// <param name="ValueRange">Range of the pixel values.</param>
/// <param name="Interpolation">Interpolation of the affine transforms.</param>
/// <param name="DataFormat">Position of the channels axis.</param>
internal sealed record AugmentationChoices(
    (double Lower, double Upper) Factor, ValueRange ValueRange, string Interpolation, DataFormat DataFormat)
{
    public ImageLayer Shear => new RandomShear(Factor, Factor, Interpolation, dataFormat: DataFormat);

    public ImageLayer Translation => new RandomTranslation(Factor, Factor, interpolation: Interpolation, dataFormat: DataFormat);

    public ImageLayer Rotation => new RandomRotation(Factor, interpolation: Interpolation, dataFormat: DataFormat);

    public ImageLayer Brightness => new RandomBrightness(Factor, ValueRange, dataFormat: DataFormat);

    public ImageLayer ColorDegeneration => new RandomColorDegeneration(Factor, ValueRange, DataFormat);

    public ImageLayer Contrast => new RandomContrast(Factor, ValueRange, dataFormat: DataFormat);

    public ImageLayer Sharpness => new RandomSharpness(Factor, ValueRange, DataFormat);

    public ImageLayer Posterization => new RandomPosterization(Math.Max(1, (int)(8 * Factor.Upper)), ValueRange, DataFormat);

    public ImageLayer Solarization => new Solarization(Factor, Factor, ValueRange, dataFormat: DataFormat);

    public ImageLayer AutoContrast => new AutoContrast(ValueRange, DataFormat);

    public ImageLayer Equalization => new Equalization(ValueRange, dataFormat: DataFormat);
}
