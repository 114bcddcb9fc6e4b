using System.Xml.Linq;
using Cairn.Layers;

namespace Cairn.Tests;

/// <summary>Plots of models.</summary>
public sealed class PlotModelTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plot");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_graph_has_a_box_for_each_layer_and_an_arrow_for_each_connection()
    {
        using Functional model = Branched();

        string dot = Utils.ModelToDot(model, showShapes: true);

        Assert.Contains("n0 [label=\"{in (InputLayer)|Output shape: (None, 4)}\"];", dot, StringComparison.Ordinal);
        Assert.Contains("n1 [label=\"{a (Dense)|Input shape: (None, 4)|Output shape: (None, 3)}\"];", dot, StringComparison.Ordinal);
        Assert.Equal(["n0 -> n1;", "n0 -> n2;", "n1 -> n3;", "n2 -> n3;"],
            dot.Split('\n').Select(line => line.Trim()).Where(line => line.Contains("->", StringComparison.Ordinal)).Order());
        Assert.Contains("rankdir=LR", Utils.ModelToDot(model, rankdir: "LR"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_picture_is_SVG_with_all_boxes_and_arrows()
    {
        using Functional model = Branched();
        foreach (string rankdir in (string[])["TB", "LR"])
        {
            Utils.PlotModel(model, In("model.svg"), showShapes: true, showLayerNames: true, rankdir: rankdir, showTrainable: true);

            XElement svg = XDocument.Load(In("model.svg")).Root!;
            string[] texts = [.. svg.Elements().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
            Assert.Contains("a (Dense)", texts);
            Assert.Contains("Output shape: (None, 6)", texts);
            Assert.Contains("Non-trainable", texts);
            Assert.Equal(4, svg.Elements().Count(e => e.Name.LocalName == "path"));
            Assert.All(svg.Elements().Where(e => e.Name.LocalName == "rect").Skip(1),
                box => Assert.True((double)box.Attribute("x")! >= 0 && (double)box.Attribute("y")! >= 0));
        }
    }

    [Fact]
    public void Text_is_the_summary_and_other_endings_are_refused()
    {
        using var model = new Sequential([new Input([4]), new Dense(2, name: "x<y")]);

        Utils.PlotModel(model, In("model.txt"));
        Utils.PlotModel(model, In("model.dot"), showLayerNames: true);

        Assert.Contains("Total params: 10", File.ReadAllText(In("model.txt")), StringComparison.Ordinal);
        Assert.Contains(@"x\<y (Dense)", File.ReadAllText(In("model.dot")), StringComparison.Ordinal);
        Assert.Contains("dot -Tpdf", Assert.Throws<ArgumentException>(() => Utils.PlotModel(model, In("model.pdf"))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Utils.PlotModel(model, In("model.png"), dpi: 10));
        Assert.Throws<ArgumentException>(() => Utils.ModelToDot(model, rankdir: "RL"));
        Assert.Throws<InvalidOperationException>(() => Utils.ModelToDot(new Sequential([new Dense(1)])));
    }

    [Fact]
    public void Nested_models_are_expanded_in_a_frame_and_in_a_cluster_connected_at_their_ends()
    {
        using Functional model = Nested();

        string dot = Utils.ModelToDot(model, expandNested: true);

        // in → block(in → a → b) → out; the block is layer 1.
        Assert.Contains("subgraph cluster_n1 {", dot, StringComparison.Ordinal);
        Assert.Contains("label=\"block (Functional)\";", dot, StringComparison.Ordinal);
        Assert.Equal(["n0 -> n1_0;", "n1_0 -> n1_1;", "n1_1 -> n1_2;", "n1_2 -> n2;"],
            dot.Split('\n').Select(line => line.Trim()).Where(line => line.Contains("->", StringComparison.Ordinal)).Order());
        Assert.DoesNotContain("cluster", Utils.ModelToDot(model), StringComparison.Ordinal);

        foreach (string rankdir in (string[])["TB", "LR"])
        {
            Utils.PlotModel(model, In("model.svg"), showLayerNames: true, rankdir: rankdir, expandNested: true);
            XElement svg = XDocument.Load(In("model.svg")).Root!;
            (double Left, double Top, double Right, double Bottom)[] boxes =
            [
                .. svg.Elements().Where(e => e.Name.LocalName == "rect").Skip(1).Where(e => e.Attribute("stroke") is not null)
                    .Select(e => ((double)e.Attribute("x")!, (double)e.Attribute("y")!,
                        (double)e.Attribute("x")! + (double)e.Attribute("width")!,
                        (double)e.Attribute("y")! + (double)e.Attribute("height")!)),
            ];

            // The frame, the three boxes in it, and the two around it, which do not touch it.
            Assert.Equal(6, boxes.Length);
            Assert.Equal(3, boxes.Skip(1).Count(box => box.Left > boxes[0].Left && box.Right < boxes[0].Right && box.Top > boxes[0].Top
                && box.Bottom < boxes[0].Bottom));
            Assert.Equal(2, boxes.Skip(1).Count(box => box.Right <= boxes[0].Left || box.Left >= boxes[0].Right
                || box.Bottom <= boxes[0].Top || box.Top >= boxes[0].Bottom));
            Assert.Equal(4, svg.Elements().Count(e => e.Name.LocalName == "path"));
        }
    }

    [Fact]
    public void PNG_has_the_layout_of_the_SVG_at_the_given_resolution()
    {
        using Functional model = Nested();
        Utils.PlotModel(model, In("model.svg"), showShapes: true, expandNested: true);
        Utils.PlotModel(model, In("model.png"), showShapes: true, expandNested: true, dpi: 192);
        XElement svg = XDocument.Load(In("model.svg")).Root!;

        using var picture = SkiaSharp.SKBitmap.Decode(In("model.png"));

        // 192 dots per inch are two for each unit.
        Assert.Equal(2 * (double)svg.Attribute("width")!, picture.Width, tolerance: 1);
        Assert.Equal(2 * (double)svg.Attribute("height")!, picture.Height, tolerance: 1);
        XElement title = svg.Elements().Last(e => e.Name.LocalName == "rect" && e.Attribute("stroke") is null);
        Assert.Equal(SkiaSharp.SKColors.Black,
            picture.GetPixel((int)(2 * (double)title.Attribute("x")!) + 6, (int)(2 * (double)title.Attribute("y")!) + 6));
        Assert.Equal(SkiaSharp.SKColors.White, picture.GetPixel(2, 2));
    }

    private string In(string name) => Path.Combine(folder.FullName, name);

    private static Functional Nested()
    {
        var inner = new Input([4], name: "inner");
        var block = new Functional(inner, new Dense(2, name: "b").Apply(new Dense(3, name: "a").Apply(inner)), name: "block");
        var input = new Input([4], name: "in");
        return new Functional(input, new Dense(1, name: "out").Apply(block.Apply(input)));
    }

    private static Functional Branched()
    {
        var input = new Input([4], name: "in");
        KerasTensor a = new Dense(3, name: "a").Apply(input);
        KerasTensor b = new Dense(3, name: "b") { Trainable = false }.Apply(input);
        return new Functional(input, new Concatenate(name: "both").Apply(a, b));
    }
}
