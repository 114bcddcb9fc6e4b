namespace Cairn.Layers;

/// <summary>A vocabulary: maps tokens to indices, including the leading mask and OOV indices.</summary>
/// <typeparam name="T">A string or an integer.</typeparam>
/// <param name="settings">The settings of the layer.</param>
/// <param name="mask">The mask token; used only if the settings say there is one.</param>
/// <param name="unknown">The OOV token, which represents unknown tokens in the vocabulary.</param>
/// <param name="order">The order of equally frequent tokens; the last one comes first.</param>
internal sealed class TokenTable<T>(LookupSettings settings, T mask, T unknown, Comparison<T> order)
    where T : notnull
{
    private readonly Dictionary<T, int> places = [];
    private T[] tokens = [];
    private float[]? weights;

    /// <summary>Whether the vocabulary was given and is therefore part of the configuration.</summary>
    public bool IsGiven { get; private set; }

    /// <summary>Whether there is a vocabulary; one built from no data has no tokens, so all tokens are unknown.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>
    /// The inverse document frequencies, given or computed, without those of the mask and OOV tokens; null if there are none.
    /// </summary>
    public float[]? Weights => weights;

    public T Mask => mask;

    public T Unknown => unknown;

    /// <summary>The tokens without mask and OOV tokens.</summary>
    public IReadOnlyList<T> Tokens => tokens;

    /// <summary>The size including mask and OOV tokens; the size given by a file until the vocabulary is read.</summary>
    public long Size => IsKnown || SavedSize is null ? settings.FirstToken + tokens.Length : SavedSize.Value;

    /// <summary>The size given by a file whose vocabulary has not been read yet.</summary>
    public long? SavedSize { get; init; }

    /// <summary>Number of elements of an encoding.</summary>
    public long Depth => settings.PadToMaxTokens ? settings.MaxTokens!.Value : Size;

    /// <summary>All tokens in index order.</summary>
    public T[] All()
    {
        T[] front = [.. Enumerable.Repeat(unknown, settings.FirstToken)];
        if (settings.FirstUnknown > 0)
        {
            front[0] = mask;
        }

        return [.. front, .. tokens];
    }

    /// <summary>Sets the vocabulary.</summary>
    /// <param name="vocabulary">The tokens in index order, with or without leading mask and OOV tokens.</param>
    /// <param name="idfWeights">The IDF weight of each token, for <c>tf_idf</c>.</param>
    /// <param name="isGiven">Whether the vocabulary becomes part of the configuration.</param>
    /// <param name="isOfFile">Whether it is the vocabulary whose size the file gives.</param>
    /// <exception cref="ArgumentException">The vocabulary is empty, contains a token twice, or has more tokens than the layer
    /// takes.</exception>
    public void Set(IReadOnlyList<T> vocabulary, IReadOnlyList<float>? idfWeights, bool isGiven, bool isOfFile = false)
    {
        if (vocabulary.Count == 0)
        {
            throw new ArgumentException("The vocabulary is empty.", nameof(vocabulary));
        }

        if ((settings.OutputMode == "tf_idf") != (idfWeights is not null))
        {
            throw new ArgumentException("idfWeights must be given with outputMode 'tf_idf', and only then.", nameof(idfWeights));
        }

        if (idfWeights is not null && idfWeights.Count != vocabulary.Count)
        {
            throw new ArgumentException(
                $"vocabulary and idfWeights must have the same length; got {vocabulary.Count} tokens and {idfWeights.Count} "
                + "weights.", nameof(idfWeights));
        }

        // A file gives the size, which decides whether mask and OOV tokens are included.
        bool hasFront = (isOfFile && SavedSize == vocabulary.Count)
            || (vocabulary.Count >= settings.FirstToken && StartsWithFront(vocabulary));
        if (isOfFile && SavedSize is { } saved && saved != vocabulary.Count + (hasFront ? 0 : settings.FirstToken))
        {
            throw new ArgumentException(
                $"the vocabulary has {vocabulary.Count} tokens, but the configuration says {saved}.", nameof(vocabulary));
        }

        T[] own = [.. vocabulary.Skip(hasFront ? settings.FirstToken : 0)];
        if (settings.MaxTokens is { } most && settings.FirstToken + own.Length > most)
        {
            throw new ArgumentException(
                $"The vocabulary has {settings.FirstToken + own.Length} tokens, including mask and OOV tokens; maxTokens is "
                + $"{most}.", nameof(vocabulary));
        }

        if (own.GroupBy(t => t).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The vocabulary contains the token '{twice.Key}' twice.", nameof(vocabulary));
        }

        if (settings.HasMask && own.Contains(mask))
        {
            throw new ArgumentException($"The mask token '{mask}' must come first in the vocabulary, or be left out.", nameof(vocabulary));
        }

        IsGiven = isGiven;
        Take(own);
        weights = idfWeights is null ? null : [.. idfWeights.Skip(hasFront ? settings.FirstToken : 0)];
    }

    /// <summary>Builds the vocabulary from documents: the most frequent tokens first.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary was given to the layer.</exception>
    public void Adapt(IEnumerable<IEnumerable<T>> documents)
    {
        if (IsGiven)
        {
            throw new InvalidOperationException("The vocabulary was given to the constructor; the layer can't be adapted.");
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

    /// <summary>The weights of all elements of an encoding: OOV tokens have the mean, padding has 0.</summary>
    public float[] AllWeights()
    {
        float[] own = weights ?? [];
        float front = own.Length == 0 ? 0 : own.Average();
        float[] all = new float[Depth];
        all.AsSpan(0, Math.Min(settings.FirstToken, all.Length)).Fill(front);
        own.AsSpan(0, Math.Min(own.Length, all.Length - settings.FirstToken)).CopyTo(all.AsSpan(settings.FirstToken));
        return all;
    }

    /// <summary>The index of a token; -1 for the mask token if tokens are counted.</summary>
    /// <param name="token">The token.</param>
    /// <param name="bucket">Chooses among the OOV indices for an unknown token.</param>
    /// <exception cref="ArgumentException">The token is unknown and there is no OOV index.</exception>
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
            0 => throw new ArgumentException(
                $"'{token}' is not in the vocabulary, and numOovIndices is 0, so unknown tokens are not allowed."),
            1 => settings.FirstUnknown,
            _ => settings.FirstUnknown + bucket(token),
        };
    }

    /// <summary>The token of an index; the OOV token if there is none.</summary>
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
