namespace Cairn.Layers;

/// <summary>
/// A layer whose vocabulary is a separate file in Keras archives, <c>vocabulary.txt</c>, unless it is part of the configuration.
/// </summary>
internal interface IKeepsVocabulary
{
    /// <summary>The folders of the file, below the layer's own folder; some layers store several copies.</summary>
    IReadOnlyList<string> Folders { get; }

    /// <summary>The tokens in index order; null if there are none, or if the configuration contains them.</summary>
    IReadOnlyList<string>? VocabularyToSave();

    /// <summary>The number of weight elements that are stored in the configuration instead of with the file's weights.</summary>
    long NumbersInConfig { get; }

    /// <summary>Sets the tokens read from a file.</summary>
    /// <exception cref="ArgumentException">The tokens are not a valid vocabulary of this layer.</exception>
    void LoadVocabulary(IReadOnlyList<string> tokens);
}
