using System.Text.Json.Nodes;
using Cairn.Metrics;
using Cairn.Tests.Losses;

namespace Cairn.Tests.Metrics;

public sealed class MetricRegistryTests
{
    // Keras 3.16's get_config() of each metric made with the arguments given here, beyond name and dtype.
    public static TheoryData<string, string> Configs => new()
    {
        { "Accuracy", "{}" },
        { "TopKCategoricalAccuracy", """{"k": 3}""" },
        { "SparseTopKCategoricalAccuracy", """{"k": 3}""" },
        { "SparseTopKCategoricalAccuracy", """{"k": 3, "from_sorted_ids": true}""" },
        { "RootMeanSquaredError", "{}" },
        { "MeanAbsolutePercentageError", "{}" },
        { "MeanSquaredLogarithmicError", "{}" },
        { "LogCoshError", "{}" },
        { "R2Score", """{"class_aggregation": "variance_weighted_average", "num_regressors": 2}""" },
        { "R2Score", """{"class_aggregation": null, "num_regressors": 0}""" },
        { "PearsonCorrelation", """{"axis": 0}""" },
        { "ConcordanceCorrelation", """{"axis": 0}""" },
        { "Hinge", "{}" },
        { "SquaredHinge", "{}" },
        { "CategoricalHinge", "{}" },
        { "KLDivergence", "{}" },
        { "Poisson", "{}" },
        { "BinaryCrossentropy", """{"from_logits": true, "label_smoothing": 0.1}""" },
        { "CategoricalCrossentropy", """{"from_logits": true, "label_smoothing": 0.1, "axis": 1}""" },
        { "SparseCategoricalCrossentropy", """{"from_logits": true, "ignore_class": 2, "axis": 1}""" },
        { "TruePositives", """{"thresholds": 0.3}""" },
        { "FalsePositives", """{"thresholds": [0.3, 0.6]}""" },
        { "TrueNegatives", """{"thresholds": null}""" },
        { "FalseNegatives", """{"thresholds": [0.3]}""" },
        { "Precision", """{"thresholds": [0.3, 0.6], "top_k": 2, "class_id": 1}""" },
        { "Recall", """{"thresholds": null, "top_k": null, "class_id": null}""" },
        { "SensitivityAtSpecificity", """{"class_id": 1, "num_thresholds": 100, "specificity": 0.4}""" },
        { "SpecificityAtSensitivity", """{"class_id": null, "num_thresholds": 100, "sensitivity": 0.4}""" },
        { "PrecisionAtRecall", """{"class_id": null, "num_thresholds": 100, "recall": 0.4}""" },
        { "RecallAtPrecision", """{"class_id": null, "num_thresholds": 100, "precision": 0.4}""" },
        {
            "AUC",
            """{"num_thresholds": 20, "curve": "PR", "summation_method": "majoring", "multi_label": true, "num_labels": 3, "label_weights": null, "from_logits": true}"""
        },
        {
            "AUC",
            """{"num_thresholds": 4, "curve": "ROC", "summation_method": "interpolation", "multi_label": false, "num_labels": null, "label_weights": null, "from_logits": false, "thresholds": [0.25, 0.5]}"""
        },
        { "F1Score", """{"average": "macro", "threshold": 0.5}""" },
        { "FBetaScore", """{"average": null, "beta": 2.0, "threshold": null}""" },
        { "IoU", """{"num_classes": 3, "target_class_ids": [0, 2], "ignore_class": 1, "sparse_y_true": false, "sparse_y_pred": false, "axis": 1}""" },
        { "BinaryIoU", """{"target_class_ids": [1], "threshold": 0.3}""" },
        { "MeanIoU", """{"num_classes": 3, "ignore_class": null, "sparse_y_true": true, "sparse_y_pred": false, "axis": -1}""" },
        { "OneHotIoU", """{"num_classes": 3, "target_class_ids": [0], "ignore_class": null, "sparse_y_pred": true, "axis": -1}""" },
        { "OneHotMeanIoU", """{"num_classes": 3, "ignore_class": 2, "sparse_y_pred": false, "axis": -1}""" },
    };

    [Theory]
    [MemberData(nameof(Configs))]
    public void A_configuration_is_written_as_by_Keras(string className, string arguments)
    {
        JsonObject config = JsonNode.Parse(arguments)!.AsObject();
        config["name"] = "mine";
        config["dtype"] = className.Contains("IoU") ? "int32" : "float32";

        JsonNode written = MetricRegistry.Deserialize(new JsonObject { ["class_name"] = className, ["config"] = config.DeepClone() },
            "metric").Serialize();

        Assert.Equal(className, written["class_name"]!.GetValue<string>());
        JsonObject back = written["config"]!.AsObject();
        Assert.True(JsonNode.DeepEquals(LossRegistryTests.Sorted(config), LossRegistryTests.Sorted(back)), back.ToJsonString());
    }

    [Theory]
    [InlineData("auc", "AUC")]
    [InlineData("AUC", "AUC")]
    [InlineData("precision", "Precision")]
    [InlineData("recall", "Recall")]
    [InlineData("true_positives", "TruePositives")]
    [InlineData("f1_score", "F1Score")]
    [InlineData("f_beta_score", "FBetaScore")]
    [InlineData("r2_score", "R2Score")]
    [InlineData("root_mean_squared_error", "RootMeanSquaredError")]
    [InlineData("log_cosh_error", "LogCoshError")]
    [InlineData("mape", "MeanAbsolutePercentageError")]
    [InlineData("MSLE", "MeanSquaredLogarithmicError")]
    [InlineData("bce", "BinaryCrossentropy")]
    [InlineData("kl_divergence", "KLDivergence")]
    [InlineData("top_k_categorical_accuracy", "TopKCategoricalAccuracy")]
    [InlineData("binary_io_u", "BinaryIoU")]
    public void A_Keras_name_creates_the_metric_and_appears_in_the_logs(string name, string className)
    {
        Metric metric = name;

        Assert.Equal(className, metric.ClassName);
        Assert.Equal(name, metric.Name);
    }

    [Fact]
    public void Metrics_are_named_as_Keras_names_the_first_of_a_class()
    {
        Metric[] metrics = [new PrecisionAtRecall(0.5), new MeanIoU(2), new OneHotMeanIoU(2), new IoU(2, [0]), new LogCoshError(),
            new FBetaScore(), new Mean(), new Sum()];

        Assert.Equal(["precision_at_recall", "mean_io_u", "one_hot_mean_io_u", "io_u", "logcosh", "fbeta_score", "mean", "sum"],
            metrics.Select(m => m.Name));
    }

    [Fact]
    public void A_metric_with_a_required_argument_cannot_be_created_by_name()
    {
        string message = Assert.Throws<ArgumentException>(() => (Metric)"mean_io_u").Message;

        Assert.Contains("num_classes", message);
        Assert.Contains("'precision'", Assert.Throws<ArgumentException>(() => (Metric)"precison").Message);
    }

    [Fact]
    public void A_wrong_value_in_a_file_is_reported_with_its_place()
    {
        var node = new JsonObject { ["class_name"] = "AUC", ["config"] = new JsonObject { ["curve"] = "RCO" } };

        string message =
            Assert.Throws<Cairn.Saving.ConfigException>(() => MetricRegistry.Deserialize(node, "compile_config/metrics[0]")).Message;

        Assert.Contains("compile_config/metrics[0]/AUC", message);
        Assert.Contains("Did you mean 'ROC'?", message);
    }
}
