using Cairn.Saving;

namespace Cairn.Callbacks;

/// <content>One save: the files it writes, and the files deleted after it.</content>
public sealed partial class ModelCheckpoint
{
    private sealed class Checkpoint(ModelCheckpoint owner, List<string> paths, IReadOnlyList<string> dropped, string? path, double? before)
        : ICheckpoint
    {
        private IModelSnapshot? snapshot;

        public required IReadOnlyDictionary<string, string> Remarks { get; init; }

        public bool HasFailed { get; private set; }

        public void Capture(Func<Variable, WeightData> read) =>
            snapshot = owner.Model.PrepareSave(owner.FilePath, Remarks, owner.SaveWeightsOnly, read);

        public void Write()
        {
            foreach (string one in paths)
            {
                CheckIsNoFolder(owner.Resolved(one), one);
            }

            foreach (string one in paths)
            {
                snapshot!.Write(owner.Resolved(one));
            }

            if (path is not null)
            {
                owner.Wrote();
            }

            snapshot!.Dispose();
            foreach (string old in dropped)
            {
                DeleteIfPossible(owner.Resolved(old));
            }
        }

        public void Failed(Exception exception)
        {
            HasFailed = true;
            owner.Failed(path, before, exception);
        }

        private static void CheckIsNoFolder(string path, string shown)
        {
            if (Directory.Exists(path))
            {
                throw new IOException($"ModelCheckpoint cannot write to \"{shown}\": it is a folder. Pass the path of a file.");
            }
        }

        private static void DeleteIfPossible(string path)
        {
            try
            {
                FileSystem.Current.Delete(path);
            }
            catch (Exception exception) when (SaveErrors.AreOf(exception))
            {
                // A file that can't be deleted is no reason to stop training.
            }
        }
    }
}
