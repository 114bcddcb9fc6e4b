using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>Weights without their model in the legacy <c>.h5</c> format, by layers in order; read-only.</summary>
/// <remarks>The file name does not identify this format: such files end in <c>.h5</c>, like whole models.</remarks>
internal sealed class LegacyWeightsFile : ModelFile
{
    public override IReadOnlyList<string> Endings => [];

    public override bool CanLoadByName => true;

    public override bool IsWritten => false;

    public override void LoadWeights(Model model, string path, WeightLoading loading) => LegacyModelFile.LoadFrom(model, path, loading);

    public override IModelSnapshot Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read) =>
        throw new NotSupportedException("Writing weights in the legacy format is not supported.");

    public override IReadOnlyDictionary<string, string> ReadRemarks(string path) => LegacyHdf5.ReadCairnAttributes(path);

    public override ListedWeights List(string path) => LegacyModelFile.ListFrom(path);

    protected override bool Recognizes(WeightSource file) => Hdf5Contents.Of(file) == Hdf5Content.LegacyWeights;
}
