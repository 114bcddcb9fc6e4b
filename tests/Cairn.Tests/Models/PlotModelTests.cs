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
        Assert.Contains("dot -Tpng", Assert.Throws<ArgumentException>(() => Utils.PlotModel(model, In("model.png"))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Utils.ModelToDot(model, rankdir: "RL"));
        Assert.Throws<InvalidOperationException>(() => Utils.ModelToDot(new Sequential([new Dense(1)])));
    }

    private string In(string name) => Path.Combine(folder.FullName, name);

    private static Functional Branched()
    {
        var input = new Input([4], name: "in");
        KerasTensor a = new Dense(3, name: "a").Apply(input);
        KerasTensor b = new Dense(3, name: "b") { Trainable = false }.Apply(input);
        return new Functional(input, new Concatenate(name: "both").Apply(a, b));
    }
}
