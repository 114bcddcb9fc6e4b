namespace Cairn.Dashboard.Folders;

/// <summary>The kinds of files that contain a run.</summary>
internal enum RunFileKind
{
    /// <summary>A history of <c>History.Save</c>.</summary>
    Json,

    /// <summary>A CSV file of <c>History.Save</c>, or of <c>CSVLogger</c> of Cairn or Keras.</summary>
    Csv,

    /// <summary>A folder of TensorBoard's event files, of Cairn, Keras or PyTorch.</summary>
    TensorBoard,

    /// <summary>A backup of <c>BackupAndRestore</c>.</summary>
    Backup,
}
