using System.Text.Json.Nodes;

namespace Cairn.Operations.TensorFlow;

/// <summary>TensorFlow functions with special arguments.</summary>
internal static class TensorFlowMath
{
    public static void AddTo(Action<string, Func<TensorFlowCall, Operand[]>> add)
    {
        add("nn.softmax", call => [call.Apply("Softmax", Axis(call), call.First)]);
        add("nn.log_softmax", call => [call.Apply("LogSoftmax", Axis(call), call.First)]);
        add("nn.gelu", call => [call.Apply("Gelu", new JsonObject { ["approximate"] = call.Flag("approximate") }, call.First)]);
        add("nn.leaky_relu",
            call => [call.Apply("LeakyRelu", new JsonObject { ["negative_slope"] = call.Plain("alpha") ?? 0.2 }, call.First)]);
        add("clip_by_value",
            call => [call.Apply("Clip",
            new JsonObject { ["x_min"] = call.Plain("clip_value_min"), ["x_max"] = call.Plain("clip_value_max") }, call.First)]);
        add("math.argmax argmax",
            call => [call.Apply("Argmax", new JsonObject { ["axis"] = call.Plain("axis") ?? call.Plain("dimension") ?? 0 }, call.First)]);
        add("math.argmin argmin",
            call => [call.Apply("Argmin", new JsonObject { ["axis"] = call.Plain("axis") ?? call.Plain("dimension") ?? 0 }, call.First)]);
        add("math.cumsum cumsum", call => call.Flag("exclusive") || call.Flag("reverse")
            ? throw call.Unsupported("exclusive or reverse")
            : [call.Apply("Cumsum", new JsonObject { ["axis"] = call.Plain("axis") ?? 0 }, call.First)]);
        add("math.cumprod cumprod", call => call.Flag("exclusive") || call.Flag("reverse")
            ? throw call.Unsupported("exclusive or reverse")
            : [call.Apply("Cumprod", new JsonObject { ["axis"] = call.Plain("axis") ?? 0 }, call.First)]);
        add("sort", call => call.Text("direction") is null or "ASCENDING"
            ? [call.Apply("Sort", Axis(call), call.First)]
            : throw call.Unsupported("descending order"));
        add("math.top_k nn.top_k", call => call.ApplyMany("TopK", new JsonObject { ["k"] = call.Plain("k") ?? 1 }, call.First));
        add("math.l2_normalize nn.l2_normalize linalg.l2_normalize", Normalize);
        add("norm linalg.norm", Norm);
        add("linalg.matmul matmul", MatMul);
        add("tensordot", call => [call.Apply("Tensordot", new JsonObject { ["axes"] = call.Plain("axes") }, call.First, call["b"])]);
        add("linalg.diag_part", call => [call.Apply("Diagonal", new JsonObject { ["axis1"] = -2, ["axis2"] = -1 }, call.First)]);
        add("math.squared_difference", call => [call.Apply("Square", null, call.Apply("Subtract", null, call.First, call["y"]))]);
        add("math.add_n", call => call.First is Operand.Group { Members: { Count: > 0 } members }
            ? [members.Skip(1).Aggregate(members[0], (sum, next) => call.Apply("Add", null, sum, next))]
            : throw call.Unsupported("anything but a list"));
        add("einsum linalg.einsum", call => throw call.Unsupported("subscripts, which files do not separate from the tensors"));
    }

    private static JsonObject Axis(TensorFlowCall call) => new() { ["axis"] = call.Plain("axis") ?? call.Plain("dim") ?? -1 };

    /// <summary>TensorFlow uses the maximum of the square and epsilon, which is the square of Keras' epsilon.</summary>
    private static Operand[] Normalize(TensorFlowCall call) =>
        [call.Apply("Normalize",
        new JsonObject { ["axis"] = call.Plain("axis") ?? call.Plain("dim"), ["epsilon"] = Math.Sqrt(call.Number("epsilon") ?? 1e-12) },
        call.First)];

    private static Operand[] Norm(TensorFlowCall call)
    {
        JsonNode? order = call.Plain("ord");
        JsonNode? axis = call.Plain("axis");
        bool isLength = order is null || (order is JsonValue value && value.TryGetValue(out string? text) && text is "euclidean" or "fro");
        return [call.Apply("Norm",
            new JsonObject { ["ord"] = isLength ? null : order, ["axis"] = axis, ["keepdims"] = call.Flag("keepdims")
                || call.Flag("keep_dims") }, call.First)];
    }

    private static Operand[] MatMul(TensorFlowCall call)
    {
        if (call.Flag("a_is_sparse") || call.Flag("b_is_sparse") || call.Flag("adjoint_a") || call.Flag("adjoint_b"))
        {
            throw call.Unsupported("sparse or adjoint matrices");
        }

        Operand a = call.Flag("transpose_a") ? Transposed(call, call.First) : call.First;
        Operand b = call.Flag("transpose_b") ? Transposed(call, call["b"]) : call["b"];
        return [call.Apply("Matmul", null, a, b)];
    }

    private static Operand Transposed(TensorFlowCall call, Operand matrix)
    {
        if (matrix is not Operand.Plain plain)
        {
            return call.Apply("Swapaxes", new JsonObject { ["axis1"] = -2, ["axis2"] = -1 }, matrix);
        }

        JsonArray[] rows = plain.Value is JsonArray list && list.All(row => row is JsonArray)
            ? [.. list.Select(row => (JsonArray)row!)] : [];
        return rows.Length > 0 && rows.All(row => row.Count == rows[0].Count)
            ? new Operand.Plain(
            new JsonArray(
                [.. Enumerable.Range(0, rows[0].Count)
                .Select(i => (JsonNode?)new JsonArray([.. rows.Select(row => row[i]?.DeepClone())]))]))
            : throw call.Unsupported("a constant that is not a matrix");
    }
}
