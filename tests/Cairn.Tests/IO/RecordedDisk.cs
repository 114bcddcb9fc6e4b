using Cairn.Saving;

namespace Cairn.Tests.Saving;

/// <summary>
/// A file system that also records each call below a folder, so that the disk can be restored to its state after a power failure at any of
/// them: all flushed data, and of the rest nothing, everything, or any part that a file system may have written by then.
/// </summary>
internal sealed class RecordedDisk(string root) : FileSystem
{
    private readonly List<Action<Replay>> calls = [];

    /// <summary>What was flushed to the disk by the time of the failure, and nothing else.</summary>
    public const int Nothing = 0;

    /// <summary>All that was written, as where only the process dies.</summary>
    public const int Everything = 1;

    /// <summary>How many calls there were.</summary>
    public int Count => calls.Count;

    public override void CreateFolder(string path)
    {
        base.CreateFolder(path);
        Note(path, replay => replay.Folders.Add(path));
    }

    public override FileStream Open(string path, FileStreamOptions options)
    {
        bool wasThere = File.Exists(path);
        FileStream file = base.Open(path, options);
        if (options.Mode == FileMode.Create || !wasThere)
        {
            Note(path, replay => replay.Make(path, anew: options.Mode == FileMode.Create));
        }

        return file;
    }

    public override Stream Writing(FileStream file) => new Watched(this, file);

    public override void Rename(string from, string to)
    {
        base.Rename(from, to);
        Note(to, replay => replay.Rename(from, to));
    }

    public override void Delete(string path)
    {
        base.Delete(path);
        Note(path, replay => replay.Delete(path));
    }

    /// <summary>Puts the folder as it would be after a failure behind a number of calls.</summary>
    /// <param name="count">The number of calls made.</param>
    /// <param name="kept">
    /// How much of the unflushed data is kept: <see cref="Nothing"/>, <see cref="Everything"/>, or a seed for a random part of it.
    /// </param>
    public void CutAfter(int count, int kept)
    {
        var replay = new Replay();
        foreach (Action<Replay> call in calls.Take(count))
        {
            call(replay);
        }

        foreach (string entry in Directory.EnumerateFileSystemEntries(root))
        {
            if (Directory.Exists(entry))
            {
                Directory.Delete(entry, recursive: true);
            }
            else
            {
                File.Delete(entry);
            }
        }

        replay.Put(kept);
    }

    protected override void Cut(FileStream file, long length)
    {
        base.Cut(file, length);
        string path = file.Name;
        Note(path, replay => replay.Write(path, content => content[..(int)Math.Min(length, content.Length)]));
    }

    protected override void Sync(FileStream file)
    {
        file.Flush();
        string path = file.Name;
        Note(path, replay => replay.Flush(path));
    }

    protected override void SyncFolder(string path) => Note(path, replay => replay.FlushFolder(path));

    private void Note(string path, Action<Replay> call)
    {
        if (path.StartsWith(root, StringComparison.Ordinal))
        {
            lock (calls)
            {
                calls.Add(call);
            }
        }
    }

    private sealed class Watched(RecordedDisk owner, FileStream file) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Position;
            set => file.Position = value;
        }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void SetLength(long value) => owner.Cut(file, value);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            string path = file.Name;
            long at = file.Position;
            byte[] bytes = buffer.ToArray();
            file.Write(buffer);
            owner.Note(path, replay => replay.Write(path, content => Written(content, at, bytes)));
        }

        private static byte[] Written(byte[] content, long at, byte[] bytes)
        {
            byte[] grown = new byte[Math.Max(content.Length, at + bytes.Length)];
            content.CopyTo(grown, 0);
            bytes.CopyTo(grown, at);
            return grown;
        }
    }

    /// <summary>A file's content: what is on the disk, and the changes that are not.</summary>
    private sealed class Node
    {
        public byte[] OnDisk { get; set; } = [];

        public List<Func<byte[], byte[]>> Changes { get; } = [];

        public byte[] After(int changes) => Changes.Take(changes).Aggregate(OnDisk, (content, change) => change(content));
    }

    /// <summary>The disk while the calls are made on it once more.</summary>
    private sealed class Replay
    {
        private readonly Dictionary<string, Node> onDisk = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Node> now = new(StringComparer.Ordinal);

        // Changes of names that are not on the disk yet, by folder.
        private readonly Dictionary<string, List<Action<Dictionary<string, Node>>>> changes = new(StringComparer.Ordinal);

        public HashSet<string> Folders { get; } = new(StringComparer.Ordinal);

        public void Make(string path, bool anew)
        {
            if (!now.TryGetValue(path, out Node? node))
            {
                var made = new Node();
                Change(path, names => names[path] = made);
            }
            else if (anew)
            {
                node.Changes.Add(_ => []);
            }
        }

        public void Write(string path, Func<byte[], byte[]> change) => now[path].Changes.Add(change);

        public void Flush(string path)
        {
            Node node = now[path];
            node.OnDisk = node.After(node.Changes.Count);
            node.Changes.Clear();
        }

        public void Rename(string from, string to)
        {
            Node node = now[from];

            // A file system writes both names, or neither.
            Change(to, names =>
            {
                names.Remove(from);
                names[to] = node;
            });
        }

        public void Delete(string path) => Change(path, names => names.Remove(path));

        public void FlushFolder(string path)
        {
            foreach (Action<Dictionary<string, Node>> change in changes.GetValueOrDefault(path, []))
            {
                change(onDisk);
            }

            changes.Remove(path);
        }

        public void Put(int kept)
        {
            Random? random = kept is Nothing or Everything ? null : new Random(kept);
            foreach (List<Action<Dictionary<string, Node>>> waiting in changes.Values)
            {
                foreach (Action<Dictionary<string, Node>> change in waiting.Take(Part(waiting.Count)))
                {
                    change(onDisk);
                }
            }

            foreach (string folder in Folders)
            {
                Directory.CreateDirectory(folder);
            }

            foreach ((string path, Node node) in onDisk)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, node.After(Part(node.Changes.Count)));
            }

            int Part(int count) => kept switch
            {
                Nothing => 0,
                Everything => count,
                _ => random!.Next(count + 1),
            };
        }

        private void Change(string path, Action<Dictionary<string, Node>> change)
        {
            change(now);
            string folder = Path.GetDirectoryName(path)!;
            if (!changes.TryGetValue(folder, out List<Action<Dictionary<string, Node>>>? waiting))
            {
                changes[folder] = waiting = [];
            }

            waiting.Add(change);
        }
    }
}
