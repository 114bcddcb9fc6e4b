using System.Text;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Layers;

/// <summary>Text layers: their outputs, vocabularies, files, and strings in Predict and Fit.</summary>
public sealed class TextLayerTests
{
    // These numbers are from Keras' own tests of Hashing and HashedCrossing.
    [Fact]
    public void Hashing_gives_the_buckets_of_TensorFlow()
    {
        string[] letters = ["A", "B", "C", "D", "E"];
        string[] names = ["omar", "stringer", "marlo", "wire", "skywalker"];

        Assert.Equal([1, 0, 1, 1, 2], Run(new Hashing(3), letters));
        Assert.Equal([1, 1, 0, 2, 2], Run(new Hashing(3, maskValue: ""), new[] { "A", "B", "", "C", "D" }));
        Assert.Equal([1, 2, 1, 0, 2], Run(new Hashing(3, salt: (133, 137)), letters));
        Assert.Equal([0, 0, 2, 1, 0], Run(new Hashing(3, salt: (133, 133)), letters));
        Assert.Equal([0, 0, 1, 0, 0], Run(new Hashing(2), names));
        Assert.Equal([0, 1, 2, 1, 1], Run(new Hashing(3, maskValue: "omar"), names));
        Assert.Equal([0, 1, 0, 1, 0], Run(new Hashing(2, salt: (133, 137)), names));
        Assert.Equal([0, 0, 0, 0, 0], Run(new Hashing(1), letters));
        Assert.Equal([1, 0, 1, 0, 2], Run(new Hashing(3), new long[] { 0, 1, 2, 3, 4 }, "int64"));
    }

    [Fact]
    public void Crossed_features_give_the_buckets_of_TensorFlow()
    {
        var letters = new Input([1], dtype: "string");
        var numbers = new Input([1], dtype: "int64");
        using var model = new Functional(inputs: [letters, numbers], outputs: new HashedCrossing(5).Apply(letters, numbers));

        NDArray y = model.Predict([new[] { "A", "B", "A", "B", "A" }, new long[] { 101, 101, 101, 102, 102 }], verbose: 0);

        Assert.Equal([1, 4, 1, 1, 3], y.ToArray());
    }

    // The test vectors of the authors: key 00 01 … 0f, message 00 01 … of that length.
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31UL), InlineData(1, 0x74f839c593dc67fdUL), InlineData(8, 0x93f5f5799a932462UL),
        InlineData(15, 0xa129ca6149be45e5UL)]
    public void SipHash_gives_the_numbers_of_its_authors(int length, ulong expected) =>
        Assert.Equal(expected, SipHash.Hash(0x0706050403020100, 0x0f0e0d0c0b0a0908, [.. Enumerable.Range(0, length).Select(i => (byte)i)]));

    [Fact]
    public void FarmHash_gives_what_TensorFlow_documents_and_differs_in_every_length()
    {
        // From the documentation of tf.strings.to_hash_bucket_fast: ["Hello", "TensorFlow", "2.x"] in 3 buckets.
        Assert.Equal([0, 2, 2],
            new[] { "Hello", "TensorFlow", "2.x" }.Select(text => (int)(FarmHash.Fingerprint64(Encoding.UTF8.GetBytes(text)) % 3)));
        ulong[] hashes = [.. Enumerable.Range(0, 300).Select(n => FarmHash.Fingerprint64(new byte[n]))];
        Assert.Equal(300, hashes.Distinct().Count());
    }

    [Fact]
    public void Texts_become_the_numbers_of_their_words()
    {
        var layer = new TextVectorization(outputSequenceLength: 4, vocabulary: ["the", "cat", "sat"]);

        using Model model = Behind(layer);
        NDArray y = model.Predict(new[] { "The cat, SAT!", "A dog", "the the the the cat", "" }, verbose: 0);

        // 0 is padding, 1 is for unknown tokens.
        Assert.Equal([4, 4], y.Shape.ToArray());
        Assert.Equal([2, 3, 4, 0, 1, 1, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0], y.ToArray());
        Assert.Equal(["", "[UNK]", "the", "cat", "sat"], layer.GetVocabulary());
        Assert.Equal(5, layer.VocabularySize());
    }

    [Fact]
    public void Without_a_length_the_longest_text_of_the_batch_determines_it()
    {
        using Model model = Behind(new TextVectorization(vocabulary: ["a", "b"]));

        Assert.Equal([2, 0, 0, 2, 3, 1], model.Predict(new[] { "a", "a b c" }, verbose: 0).ToArray());
    }

    [Fact]
    public void Adapt_orders_words_by_frequency_and_ties_in_reverse_order()
    {
        var layer = new TextVectorization(maxTokens: 5);

        layer.Adapt(new[] { "b a c", "c b", "c d" });

        // c three times, b twice, then a and d once each: d comes before a in Keras, and there is room for three.
        Assert.Equal(["", "[UNK]", "c", "b", "d"], layer.GetVocabulary());
    }

    [Fact]
    public void Words_are_counted_and_weighted()
    {
        string[] texts = ["a b a", "b c", "c c"];
        var count = new TextVectorization(outputMode: "count", vocabulary: ["a", "b", "c"]);
        using Model counted = Behind(count);
        Assert.Equal([0, 2, 1, 0, 0, 0, 1, 1, 0, 0, 0, 2], counted.Predict(texts, verbose: 0).ToArray());

        using Model multiHot =
            Behind(new TextVectorization(outputMode: "multi_hot", padToMaxTokens: true, maxTokens: 6, vocabulary: ["a", "b", "c"]));
        Assert.Equal([0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0], multiHot.Predict(new[] { "a b", "x" }, verbose: 0).ToArray());

        var weighted = new TextVectorization(outputMode: "tf_idf");
        weighted.Adapt(texts);
        using Model model = Behind(weighted);

        // idf = log(1 + documents / (1 + documents with the word)); c (3 times, in 2 of 3), b (2, in 2), a (2, in 1): b before a.
        float[] idf = [.. new[] { 2.0, 2, 1 }.Select(n => (float)Math.Log(1 + (3 / (1 + n))))];
        Assert.Equal(["[UNK]", "c", "b", "a"], weighted.GetVocabulary());
        float[] expected = [0, 0, idf[1], 2 * idf[2], idf.Average(), idf[0], 0, 0];
        Assert.Equal(expected, model.Predict(new[] { "a b a", "c x" }, verbose: 0).ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Sequences_of_words_and_characters_are_tokens()
    {
        Assert.Equal(["a", "b", "c", "a b", "b c"], TextTokens.Of("A b, c", "lower_and_strip_punctuation", "whitespace", [1, 2]));
        Assert.Equal(["ä", "B", "€"], TextTokens.Of("äB€", "strip_punctuation", "character", null));
        Assert.Equal(["Ä é!"], TextTokens.Of("Ä é!", "lower", null, null));
        Assert.Equal([], TextTokens.Of(" \t\n ", null, "whitespace", null));
    }

    [Fact]
    public void Strings_are_looked_up_and_back()
    {
        string[] words = ["b", "x", "a", ""];
        Assert.Equal([2, 0, 1, 0], Run(new StringLookup(vocabulary: ["a", "b"]), words));
        Assert.Equal([3, 1, 2, 0], Run(new StringLookup(vocabulary: ["a", "b"], maskToken: ""), words));
        Assert.Equal([0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0], Run(new StringLookup(vocabulary: ["a", "b"], outputMode: "one_hot"), words));

        var numbers = new Input([1], dtype: "int64");
        using var back = new Functional(numbers, new StringLookup(vocabulary: ["a", "b"], invert: true).Apply(numbers));
        NDArray y = back.Predict(new long[] { 2, 0, 1, 7 }, verbose: 0);
        Assert.True(y.IsText);
        Assert.Equal(["b", "[UNK]", "a", "[UNK]"], y.ToStrings());
    }

    [Fact]
    public void Large_numbers_are_looked_up_exactly()
    {
        long[] ids = [123_456_789_012, 123_456_789_013, -5, 7];
        Assert.Equal([1, 2, 0, 3], Run(new IntegerLookup(vocabulary: [123_456_789_012, 123_456_789_013, 7]), ids, "int64"));

        // Unknown values are hashed by their remainder modulo 3: -5 mod 3 is 1.
        Assert.Equal([3, 1, 1, 1], Run(new IntegerLookup(numOovIndices: 3, vocabulary: [123_456_789_012]), ids, "int64"));
    }

    [Theory]
    [InlineData("int"), InlineData("count"), InlineData("tf_idf")]
    public void Models_with_vocabularies_are_loaded_from_archives_and_legacy_files(string mode)
    {
        using var folder = new TemporaryFolder();
        var layer = new TextVectorization(outputMode: mode);
        layer.Adapt(new[] { "a b a", "b c", "naïve €" });
        string[] texts = ["a c", "b € x"];
        float[] expected;
        using (Model model = Behind(layer))
        {
            expected = model.Predict(texts, verbose: 0).ToArray();
            model.Save(folder["m.keras"]);
            model.Save(folder["m.h5"]);
        }

        foreach (string file in new[] { "m.keras", "m.h5" })
        {
            using var loaded = Model.Load(folder[file]);
            Assert.Equal(expected, loaded.Predict(texts, verbose: 0).ToArray());
            Assert.Equal(layer.GetVocabulary(), ((TextVectorization)loaded.Layers[^1]).GetVocabulary());
            loaded.Save(folder["again.keras"]);
            using var again = Model.Load(folder["again.keras"]);
            Assert.Equal(expected, again.Predict(texts, verbose: 0).ToArray());
        }
    }

    [Fact]
    public void An_empty_vocabulary_makes_every_word_unknown()
    {
        using var folder = new TemporaryFolder();
        var layer = new TextVectorization(outputSequenceLength: 2);
        layer.Adapt(new[] { "" });
        using (Model model = Behind(layer))
        {
            model.Save(folder["m.keras"]);
        }

        using var loaded = Model.Load(folder["m.keras"]);

        Assert.Equal([1, 0], loaded.Predict(new[] { "a" }, verbose: 0).ToArray());
    }

    [Fact]
    public void Archives_hold_the_members_of_Keras()
    {
        using var folder = new TemporaryFolder();
        using Model model = Behind(new TextVectorization());
        ((TextVectorization)model.Layers[^1]).Adapt(new[] { "a b a" });
        model.Save(folder["m.keras"]);

        using System.IO.Compression.ZipArchive zip = System.IO.Compression.ZipFile.OpenRead(folder["m.keras"]);
        foreach (string member in new[] { "assets/layers/text_vectorization/vocabulary.txt",
            "assets/layers/text_vectorization/_lookup_layer/vocabulary.txt" })
        {
            using var reader = new StreamReader(zip.GetEntry(member)!.Open());
            Assert.Equal("\n[UNK]\na\nb", reader.ReadToEnd());
        }
    }

    [Fact]
    public void A_vocabulary_with_line_breaks_is_kept_in_the_configuration()
    {
        using var folder = new TemporaryFolder();
        var layer = new StringLookup();
        layer.Adapt(new[] { "one\nline", "two", "two" });
        using (Model model = Behind(layer))
        {
            model.Save(folder["m.keras"]);
        }

        using var loaded = Model.Load(folder["m.keras"]);

        Assert.Equal(["[UNK]", "two", "one\nline"], ((StringLookup)loaded.Layers[^1]).GetVocabulary());
    }

    [Fact]
    public void A_classifier_of_texts_trains_saves_and_streams()
    {
        using var folder = new TemporaryFolder();
        string[] texts = [.. Enumerable.Range(0, 24).Select(i => i % 2 == 0 ? $"good fine word{i}" : $"bad poor word{i}")];
        float[] labels = [.. Enumerable.Range(0, 24).Select(i => (float)(i % 2))];
        var vectors = new TextVectorization(maxTokens: 6, outputMode: "multi_hot");
        vectors.Adapt(texts);
        using var model = new Sequential([new Input([1], dtype: "string"), vectors, new Dense(1, activation: "sigmoid")], seed: 3);
        model.Compile(new Cairn.Optimizers.Adam(0.1), "binary_crossentropy", ["accuracy"]);

        Cairn.Callbacks.History history = model.Fit(texts, labels, batchSize: 8, epochs: 15, validationSplit: 0.25, verbose: 0);
        model.Fit(Batches(), epochs: 1, verbose: 0);

        Assert.Equal(1, history["accuracy"][^1]);
        float[] before = model.Predict(new[] { "good", "bad", "unknown" }, verbose: 0).ToArray();
        Assert.True(before[0] < 0.2 && before[1] > 0.8);
        model.Save(folder["m.keras"]);
        using var loaded = Model.Load(folder["m.keras"]);
        Assert.Equal(before, loaded.Predict(new[] { "good", "bad", "unknown" }, verbose: 0).ToArray());

        IEnumerable<Batch> Batches()
        {
            for (int i = 0; i < 24; i += 6)
            {
                yield return new Batch(texts[i..(i + 6)], labels[i..(i + 6)]);
            }
        }
    }

    [Fact]
    public void Wrong_kinds_of_data_are_named()
    {
        using var dense = new Sequential([new Input([1]), new Dense(1)]);
        Assert.Contains("x contains strings", Assert.Throws<ArgumentException>(() => dense.Predict(new[] { "a" }, verbose: 0)).Message,
            StringComparison.Ordinal);

        using Model text = Behind(new TextVectorization(vocabulary: ["a"]));
        Assert.Contains("takes strings; got the number 1",
            Assert.Throws<ArgumentException>(() => text.Predict(new float[] { 1 }, verbose: 0)).Message, StringComparison.Ordinal);

        using Model empty = Behind(new TextVectorization());
        Assert.Contains("no vocabulary yet",
            Assert.Throws<InvalidOperationException>(() => empty.Predict(new[] { "a" }, verbose: 0)).Message, StringComparison.Ordinal);

        NDArray strings = new[] { "a" };
        Assert.Throws<InvalidOperationException>(() => strings.ToArray());
        Assert.Throws<InvalidOperationException>(() => ((NDArray)new float[] { 1 }).ToStrings());
        Assert.Throws<ArgumentException>(() => (NDArray)new string[] { null! });
    }

    [Fact]
    public void Invalid_vocabularies_are_refused()
    {
        Assert.Contains("contains the token 'a' twice",
            Assert.Throws<ArgumentException>(() => new StringLookup(vocabulary: ["a", "b", "a"])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new StringLookup(vocabulary: []));
        Assert.Throws<ArgumentException>(() => new StringLookup(maxTokens: 2, vocabulary: ["a", "b"]));
        Assert.Throws<ArgumentException>(() => new StringLookup(vocabulary: ["a"], outputMode: "tf_idf"));
        Assert.Throws<ArgumentException>(() => new TextVectorization(standardize: "upper"));
        Assert.Throws<InvalidOperationException>(() => new TextVectorization(vocabulary: ["a"]).Adapt(new[] { "b" }));
        Assert.Contains(
            "not in the vocabulary",
            Assert.Throws<ArgumentException>(() => Run(new StringLookup(numOovIndices: 0, vocabulary: ["a"]), new[] { "b" })).Message,
            StringComparison.Ordinal);
    }

    private static Functional Behind(Layer layer)
    {
        var input = new Input([1], dtype: "string");
        return new Functional(input, layer.Apply(input));
    }

    private static float[] Run(Layer layer, NDArray x, string dtype = "string")
    {
        var input = new Input([1], dtype: dtype);
        using var model = new Functional(input, layer.Apply(input));
        return model.Predict(x, verbose: 0).ToArray();
    }
}
