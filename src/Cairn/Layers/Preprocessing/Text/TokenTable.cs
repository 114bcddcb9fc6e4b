namespace Cairn.Layers;

/// <summary>A vocabulary: which number each token has, the places in front for padding and for tokens that are unknown included.</summary>
/// <typeparam name="T">A string, or a whole number.</typeparam>
/// <param name="settings">What the layer was made with.</param>
/// <param name="mask">The token that stands for nothing; only where the settings say there is one.</param>
/// <param name="unknown">What stands in the vocabulary for tokens that are not in it.</param>
/// <param name="order">The order of tokens that are equally frequent; the last one comes first.</param>
internal sealed class TokenTable<T>(LookupSettings settings, T mask, T unknown, Comparison<T> order)
    where T : notnull
{
    private readonly Dictionary<T, int> places = [];
    private T[] tokens = [];
    private float[]? weights;

    /// <summary>Whether the vocabulary was given, and so is part of the configuration.</summary>
    public bool IsGiven { get; private set; }

    /// <summary>Whether there is a vocabulary; one that was found in nothing has no tokens, so that all are unknown.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>The inverse document frequencies as they were given or found, those of the places in front not included; null without any.</summary>
    public float[]? Weights => weights;

    public T Mask => mask;

    public T Unknown => unknown;

    /// <summary>The tokens without the places in front.</summary>
    public IReadOnlyList<T> Tokens => tokens;

    /// <summary>How many numbers there are, the places in front included; what a file says before the vocabulary is there.</summary>
    public long Size => IsKnown || SavedSize is null ? settings.FirstToken + tokens.Length : SavedSize.Value;

    /// <summary>The size in a file whose vocabulary has not been read yet.</summary>
    public long? SavedSize { get; init; }

    /// <summary>How many numbers an encoding has.</summary>
    public long Depth => settings.PadToMaxTokens ? settings.MaxTokens!.Value : Size;

    /// <summary>All tokens by their numbers.</summary>
    public T[] All()
    {
        T[] front = [.. Enumerable.Repeat(unknown, settings.FirstToken)];
        if (settings.FirstUnknown > 0)
        {
            front[0] = mask;
        }

        return [.. front, .. tokens];
    }

    /// <summary>Takes a vocabulary.</summary>
    /// <param name="vocabulary">The tokens, from the one with the least number on, with or without what stands in front.</param>
    /// <param name="idfWeights">A weight for each of them where they are counted so.</param>
    /// <param name="isGiven">Whether it becomes part of the configuration.</param>
    /// <param name="isOfFile">Whether it is the one whose size the file tells.</param>
    /// <exception cref="ArgumentException">It is empty, a token stands in it twice, or it has more than the layer takes.</exception>
    public void Set(IReadOnlyList<T> vocabulary, IReadOnlyList<float>? idfWeights, bool isGiven, bool isOfFile = false)
    {
        if (vocabulary.Count == 0)
        {
            throw new ArgumentException("The vocabulary is empty.", nameof(vocabulary));
        }

        if ((settings.OutputMode == "tf_idf") != (idfWeights is not null))
        {
            throw new ArgumentException("idfWeights go together with outputMode 'tf_idf', and are needed there.", nameof(idfWeights));
        }

        if (idfWeights is not null && idfWeights.Count != vocabulary.Count)
        {
            throw new ArgumentException($"There are {vocabulary.Count} tokens and {idfWeights.Count} weights.", nameof(idfWeights));
        }

        // A file tells how many there are, which settles whether those in front are among them.
        bool hasFront = (isOfFile && SavedSize == vocabulary.Count)
            || (vocabulary.Count >= settings.FirstToken && StartsWithFront(vocabulary));
        if (isOfFile && SavedSize is { } saved && saved != vocabulary.Count + (hasFront ? 0 : settings.FirstToken))
        {
            throw new ArgumentException($"the vocabulary has {vocabulary.Count} tokens; the configuration speaks of {saved}.",
                nameof(vocabulary));
        }

        T[] own = [.. vocabulary.Skip(hasFront ? settings.FirstToken : 0)];
        if (settings.MaxTokens is { } most && settings.FirstToken + own.Length > most)
        {
            throw new ArgumentException($"The vocabulary has {settings.FirstToken + own.Length} numbers, those in front included; "
                + $"maxTokens is {most}.", nameof(vocabulary));
        }

        if (own.GroupBy(t => t).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The token '{twice.Key}' stands twice in the vocabulary.", nameof(vocabulary));
        }

        if (settings.HasMask && own.Contains(mask))
        {
            throw new ArgumentException($"The mask token '{mask}' stands among the others; leave it out, or put it in front.",
                nameof(vocabulary));
        }

        IsGiven = isGiven;
        Take(own);
        weights = idfWeights is null ? null : [.. idfWeights.Skip(hasFront ? settings.FirstToken : 0)];
    }

    /// <summary>Finds the vocabulary of documents: the most frequent tokens first.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary was given.</exception>
    public void Adapt(IEnumerable<IEnumerable<T>> documents)
    {
        if (IsGiven)
        {
            throw new InvalidOperationException("The vocabulary was given; there is nothing to adapt.");
        }

        Dictionary<T, (long Count, long Documents)> found = [];
        long all = 0;
        foreach (IEnumerable<T> document in documents)
        {
            all++;
            HashSet<T> here = [];
            foreach (T token in document)
            {
                (long count, long among) = found.GetValueOrDefault(token);
                found[token] = (count + 1, among + (here.Add(token) ? 1 : 0));
            }
        }

        if (settings.HasMask)
        {
            found.Remove(mask);
        }

        found.Remove(unknown);
        KeyValuePair<T, (long Count, long Documents)>[] sorted = [.. found];
        Array.Sort(sorted, (a, b) => b.Value.Count != a.Value.Count ? b.Value.Count.CompareTo(a.Value.Count) : order(b.Key, a.Key));
        int most = settings.MaxTokens is { } limit ? Math.Max(limit - settings.FirstToken, 0) : int.MaxValue;
        sorted = [.. sorted.Take(most)];
        Take([.. sorted.Select(pair => pair.Key)]);
        weights = settings.OutputMode == "tf_idf"
            ? [.. sorted.Select(pair => (float)Math.Log(1 + ((double)all / (1 + pair.Value.Documents))))] : null;
    }

    /// <summary>The weights of all numbers of an encoding: those in front have the mean, what only fills up has 0.</summary>
    public float[] AllWeights()
    {
        float[] own = weights ?? [];
        float front = own.Length == 0 ? 0 : own.Average();
        float[] all = new float[Depth];
        all.AsSpan(0, Math.Min(settings.FirstToken, all.Length)).Fill(front);
        own.AsSpan(0, Math.Min(own.Length, all.Length - settings.FirstToken)).CopyTo(all.AsSpan(settings.FirstToken));
        return all;
    }

    /// <summary>The number of a token; -1 for one that stands for nothing where numbers are counted.</summary>
    /// <param name="token">The token.</param>
    /// <param name="bucket">Which of several places an unknown token has.</param>
    /// <exception cref="ArgumentException">The token is unknown and there is no place for that.</exception>
    public long NumberOf(T token, Func<T, long> bucket)
    {
        if (settings.HasMask && token.Equals(mask))
        {
            return settings.OutputMode == "int" ? 0 : -1;
        }

        if (places.TryGetValue(token, out int place))
        {
            return settings.FirstToken + place;
        }

        return settings.NumOovIndices switch
        {
            0 => throw new ArgumentException($"'{token}' is not in the vocabulary, and numOovIndices is 0, so that every token has to be."),
            1 => settings.FirstUnknown,
            _ => settings.FirstUnknown + bucket(token),
        };
    }

    /// <summary>The token of a number; what stands for unknown ones where there is none.</summary>
    public T TokenOf(long number)
    {
        if (settings.HasMask && number == 0)
        {
            return mask;
        }

        long place = number - settings.FirstToken;
        return place >= 0 && place < tokens.Length ? tokens[place] : unknown;
    }

    private bool StartsWithFront(IReadOnlyList<T> vocabulary) => Enumerable.Range(0, settings.FirstToken)
        .All(i => vocabulary[i].Equals(i < settings.FirstUnknown ? mask : unknown));

    private void Take(T[] own)
    {
        tokens = own;
        IsKnown = true;
        places.Clear();
        for (int i = 0; i < own.Length; i++)
        {
            places[own[i]] = i;
        }
    }
}
