using Cairn.Saving;

namespace Cairn.Callbacks;

/// <content>What the file of the best model is after a restart: of the run itself, or of a training before it.</content>
public sealed partial class ModelCheckpoint
{
    private const string EarlierBest = "earlier_best", EarlierEpoch = "earlier_epoch";

    // The value of a file of this run that is better than the best so far, because the run went on after the backup.
    private double? betterOnDisk;

    // What the file says that an earlier training left, until this run writes its own; null if there is none.
    private (double Best, int? Epoch)? earlier;
    private bool isEarlierKnown;

    private bool HasOneFile => SaveBestOnly && !template.HasFields;

    private string PathOfOnly => Resolved(template.Format(1, null, Logs.Empty));

    private void ForgetFile() => (betterOnDisk, earlier, isEarlierKnown) = (null, null, false);

    private void Wrote() => (earlier, isEarlierKnown) = (null, true);

    private void SaveFile(SavedState state)
    {
        if (!isEarlierKnown)
        {
            (earlier, isEarlierKnown) = (OnDisk(), true);
        }

        state.Set(EarlierBest, earlier?.Best);
        state.Set(EarlierEpoch, (double?)earlier?.Epoch);
    }

    // A file of an earlier training, such as another fold, is overwritten as in a run that was not interrupted.
    private void LoadFile(SavedState state)
    {
        if (!HasOneFile)
        {
            return;
        }

        (double Best, int? Epoch)? there = IsWhole() ? OnDisk() : null;
        (double, int?)? before = state.GetDoubleOrNull(EarlierBest) is { } best
            ? (best, (int?)state.GetDoubleOrNull(EarlierEpoch)) : null;
        (earlier, isEarlierKnown) = (there == before ? before : null, true);
        betterOnDisk = earlier is null ? there?.Best : null;
    }

    private (double Best, int? Epoch)? OnDisk()
    {
        if (!HasOneFile || SaveWeightsOnly || !File.Exists(PathOfOnly) || UnixFile.OtherKind(PathOfOnly) is not null)
        {
            return null;
        }

        try
        {
            var remarks = CheckpointRemarks.Read(PathOfOnly);
            return BestIn(remarks) is { } best ? (best, remarks.Epoch) : null;
        }
        catch (Exception exception) when (exception is ModelFormatException || SaveErrors.AreOf(exception))
        {
            return null;
        }
    }

    // After a restart the file may belong to an epoch that is trained again, and be better than those before it. It is kept until its value
    // is reached again, as it always is when training is deterministic, so that it is never replaced by a worse one.
    private bool IsBetterOnDisk(double? now) => betterOnDisk is { } there && now is { } value && IsImprovement(there, value);

    private void ReportKept()
    {
        if (IsBetterOnDisk(Best))
        {
            Warn(
                $"{Name}: {FilePath} holds a model with {Monitor} {PythonNumber.Fixed(betterOnDisk!.Value, 5)}, saved before the restart; "
                + $"the best since then, with {PythonNumber.Fixed(Best!.Value, 5)}, did not replace it.");
        }
    }

    // As for a file that could not be written: the best model is the best one that can be loaded.
    private bool IsWhole()
    {
        string path = PathOfOnly;
        if (!File.Exists(path))
        {
            return true;
        }

        try
        {
            Model.CheckFile(path);
            return true;
        }
        catch (ModelFormatException e)
        {
            Warn($"{Name}: the best model so far is lost; its value no longer needs to be improved on: {e.Message}");
            Watched.Value = InitialValueThreshold?.Value;
            return false;
        }
    }
}
