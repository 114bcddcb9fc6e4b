namespace Cairn.Layers;

/// <summary>A layer whose vocabulary is a file of its own in Keras' archives, <c>vocabulary.txt</c>, unless it was given in the configuration.</summary>
internal interface IKeepsVocabulary
{
    /// <summary>Where the file stands, below the layer's own folder; several times the same one in some.</summary>
    IReadOnlyList<string> Folders { get; }

    /// <summary>The tokens by their numbers; null where there are none, or the configuration has them.</summary>
    IReadOnlyList<string>? VocabularyToSave();

    /// <summary>How many numbers of the layer's weights are in the configuration and not among a file's weights.</summary>
    long NumbersInConfig { get; }

    /// <summary>Takes the tokens of a file.</summary>
    /// <exception cref="ArgumentException">They are not a vocabulary of this layer.</exception>
    void LoadVocabulary(IReadOnlyList<string> tokens);
}
