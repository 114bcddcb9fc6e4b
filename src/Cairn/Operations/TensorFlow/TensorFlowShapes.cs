using System.Text.Json.Nodes;

namespace Cairn.Operations.TensorFlow;

/// <summary>TensorFlow functions for shapes and indexing.</summary>
internal static class TensorFlowShapes
{
    public static void AddTo(Action<string, Func<TensorFlowCall, Operand[]>> add)
    {
        add("concat", call => [call.Apply("Concatenate", new JsonObject { ["axis"] = call.Plain("axis") }, call.First)]);
        add("stack", call => [call.Apply("Stack", new JsonObject { ["axis"] = call.Plain("axis") ?? 0 }, call.First)]);
        add("unstack", call =>
            call.ApplyMany("Unstack", new JsonObject { ["num"] = call.Plain("num"), ["axis"] = call.Plain("axis") ?? 0 }, call.First));
        add("split", Split);
        add("reshape", call => [call.Apply("Reshape", new JsonObject { ["newshape"] = call.Plain("shape") }, call.First)]);
        add("expand_dims",
            call => [call.Apply("ExpandDims", new JsonObject { ["axis"] = call.Plain("axis") ?? call.Plain("dim") }, call.First)]);
        add("squeeze",
            call => [call.Apply("Squeeze", new JsonObject { ["axis"] = call.Plain("axis") ?? call.Plain("squeeze_dims") }, call.First)]);
        add("transpose", call => [call.Apply("Transpose", new JsonObject { ["axes"] = call.Plain("perm") }, call.First)]);
        add("tile", call => [call.Apply("Tile", new JsonObject { ["repeats"] = call.Plain("multiples") }, call.First)]);
        add("repeat", call =>
            [call.Apply("Repeat", new JsonObject { ["repeats"] = call.Plain("repeats"), ["axis"] = call.Plain("axis") }, call.First)]);
        add("reverse", call => [call.Apply("Flip", new JsonObject { ["axis"] = call.Plain("axis") }, call.First)]);
        add("broadcast_to", call => [call.Apply("BroadcastTo", new JsonObject { ["shape"] = call.Plain("shape") }, call.First)]);
        add("roll", call =>
            [call.Apply("Roll", new JsonObject { ["shift"] = call.Plain("shift"), ["axis"] = call.Plain("axis") }, call.First)]);
        add("cast", call => [call.Apply("Cast", new JsonObject { ["dtype"] = call.Type("dtype") }, call.First)]);
        add("pad", call => [call.Apply(
            "Pad",
            new JsonObject { ["pad_width"] = call.Plain("paddings"), ["mode"] = (call.Text("mode") ?? "constant").ToLowerInvariant() },
            call.First,
            call["constant_values"])]);
        add("gather", call => call.Number("batch_dims") is null or 0
            ? [call.Apply("Take", new JsonObject { ["axis"] = call.Plain("axis") ?? 0 }, call.First, call["indices"])]
            : throw call.Unsupported("batch_dims"));
        add("where", call => [call.Apply("Where", null, call.First, call["x"], call["y"])]);
        add("slice", call => [call.Apply("Slice", new JsonObject { ["shape"] = call.Plain("size") }, call.First, call["begin"])]);
        add("__operators__.getitem", call => [call.Apply("GetItem", null, call.First, call["slice_spec"])]);
        add("space_to_depth nn.space_to_depth",
            call => [call.Apply("SpaceToDepth", new JsonObject { ["block_size"] = call.Plain("block_size") }, call.First)]);
        add("depth_to_space nn.depth_to_space",
            call => [call.Apply("DepthToSpace", new JsonObject { ["block_size"] = call.Plain("block_size") }, call.First)]);
        add("one_hot", call => [call.Apply(
            "OneHot",
            new JsonObject { ["num_classes"] = call.Plain("depth"), ["axis"] = call.Plain("axis") ?? -1,
                ["dtype"] = call.Type("dtype") ?? "float32" },
            call.First)]);
        add("image.resize", Resize);
    }

    private static Operand[] Split(TensorFlowCall call)
    {
        JsonNode? parts = call.Plain("num_or_size_splits");
        JsonNode axis = call.Plain("axis") ?? 0;
        if (parts is not JsonArray sizes)
        {
            return call.ApplyMany("Split", new JsonObject { ["indices_or_sections"] = parts, ["axis"] = axis }, call.First);
        }

        // TensorFlow takes the sizes of the parts, Keras their end indices.
        long end = 0;
        var ends = new JsonArray();
        foreach (JsonNode? size in sizes.Take(sizes.Count - 1))
        {
            end += size is JsonValue value && value.TryGetValue(out long length) && length >= 0 ? length
                : throw call.Unsupported("an unknown size");
            ends.Add((JsonNode)end);
        }

        return call.ApplyMany("Split", new JsonObject { ["indices_or_sections"] = ends, ["axis"] = axis }, call.First);
    }

    private static Operand[] Resize(TensorFlowCall call)
    {
        string method = (call.Text("method") ?? "bilinear").ToLowerInvariant();
        if (call.Flag("preserve_aspect_ratio"))
        {
            throw call.Unsupported("preserve_aspect_ratio");
        }

        return [call.Apply(
            "Resize",
            new JsonObject { ["size"] = call.Plain("size"), ["interpolation"] = method == "nearest_neighbor" ? "nearest" : method,
                ["antialias"] = call.Flag("antialias") },
            call.First)];
    }
}
