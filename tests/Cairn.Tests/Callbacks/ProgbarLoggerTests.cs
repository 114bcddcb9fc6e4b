using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

public sealed class ProgbarLoggerTests
{
    private const string Full = "━━━━━━━━━━━━━━━━━━━━";
    private static readonly TerminalStyle Terminal = new(Live: true, Color: true, Width: 200, Bar: '━');
    private static readonly TerminalStyle NoColor = Terminal with { Color = false };
    private readonly StringWriter output = new();
    private readonly ManualClock clock = new();

    [Fact]
    public void One_line_per_epoch_shows_count_time_and_values()
    {
        CallbackList list = Create(null, new CallbackParams { Epochs = 3, Steps = 4, Verbose = 2 });
        list.OnTrainBegin();
        Assert.False(list.UsesTrainBatchHooks);
        list.OnEpochBegin(1);
        clock.Seconds += 2;
        list.OnEpochEnd(1, new Logs([new("loss", 0.12345), new("mae", 0.0005), new("r2", -2), new("val_loss", double.NaN)]));

        // 2 s for 4 steps. Keras writes negative numbers with an exponent here, and a NaN as it is.
        Assert.Equal("Epoch 2/3\n4/4 - 2s - 500ms/step - loss: 0.1235 - mae: 5.0000e-04 - r2: -2.0000e+00 - val_loss: nan\n",
            output.ToString());
    }

    [Fact]
    public void The_bar_looks_like_that_of_Keras()
    {
        CallbackList list = Create(Terminal, new CallbackParams { Epochs = 1, Steps = 10, Verbose = 1 });
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        clock.Seconds += 3;
        list.OnTrainBatchEnd(0, new Logs([new("loss", 2)]));
        Assert.Equal(
            "\r\x1b[1m 1/10\x1b[0m \x1b[32m━━\x1b[0m\x1b[37m━━━━━━━━━━━━━━━━━━\x1b[0m \x1b[1m27s\x1b[0m 3s/step - loss: 2.0000", Take());
        clock.Seconds += 0.25;
        list.OnTrainBatchEnd(1, new Logs([new("loss", 1)]));

        // From the second step on the first, slow one does not count: 8 steps of 0.25 s are left. Blanks cover what was longer before.
        Assert.Equal(
            "\r\x1b[1m 2/10\x1b[0m \x1b[32m━━━━\x1b[0m\x1b[37m━━━━━━━━━━━━━━━━\x1b[0m \x1b[1m2s\x1b[0m 250ms/step - loss: 1.0000", Take());
        clock.Seconds += 2;
        list.OnEpochEnd(0, new Logs([new("loss", 0.5), new("val_loss", -0.25)]));
        Assert.Equal($"\r\x1b[1m10/10\x1b[0m \x1b[32m{Full}\x1b[0m \x1b[1m5s\x1b[0m 250ms/step - loss: 0.5000 - "
            + $"val_loss: -0.2500\n", Take());
    }

    [Fact]
    public void It_redraws_at_most_twenty_times_per_second_and_otherwise_reads_no_logs()
    {
        CallbackList list = Create(Terminal, new CallbackParams { Steps = 1000, Verbose = 1 });
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        int computed = 0;
        for (int batch = 0; batch < 1000; batch++)
        {
            clock.Seconds += 0.001;
            list.OnTrainBatchEnd(batch, new Logs(() =>
            {
                computed++;
                return [new("loss", 1)];
            }));
        }

        Assert.InRange(computed, 19, 21);
    }

    [Fact]
    public void A_message_of_another_callback_gets_its_own_line()
    {
        CallbackList list = Create(NoColor, new CallbackParams { Steps = 2, Verbose = 1 }, new Speaker());
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        clock.Seconds += 1;
        list.OnTrainBatchEnd(0);
        list.OnEpochEnd(0);
        const string Bar = "1/2 ━━━━━━━━━━.......... 1s 1s/step";
        string blank = "\r" + new string(' ', Bar.Length) + "\r";

        // The bar is removed for the message and drawn again after it; the line break before Keras' messages is not needed.
        Assert.Equal($"\r{Bar}{blank}hello\n{Bar}{blank}keras\n{Bar}\r2/2 {Full} 1s 0s/step\n", Take());
    }

    [Fact]
    public void An_interrupted_bar_stays_where_it_is()
    {
        CallbackList list = Create(NoColor, new CallbackParams { Steps = 2, Verbose = 1 });
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        clock.Seconds += 1;
        list.OnTrainBatchEnd(0);
        list.BreakLine();
        Assert.Equal("\r1/2 ━━━━━━━━━━.......... 1s 1s/step\n", Take());
    }

    [Theory]
    [InlineData(200, "12/57 ━━━━................ 22s 500ms/step 64 samples/s - accuracy: 0.9123 - loss: 0.2500 - mae: 0.1250")]
    [InlineData(100, "12/57 ━━━━................ 22s 500ms/step - accuracy: 0.9123 - loss: 0.2500 - mae: 0.1250")]
    [InlineData(80, "12/57 ━━........ 22s 500ms/step - accuracy: 0.9123 - loss: 0.2500 - mae: 0.1250")]
    [InlineData(77, "12/57 ━.... 22s 500ms/step - accuracy: 0.9123 - loss: 0.2500 - mae: 0.1250")]
    [InlineData(70, "12/57 ━.... 22s - accuracy: 0.9123 - loss: 0.2500 - mae: 0.1250")]
    [InlineData(60, "12/57 ━.... 22s - accuracy: 0.9123 - loss: 0.2500 …")]
    [InlineData(40, "12/57 ━.... 22s - accuracy: 0.9123 …")]
    [InlineData(20, "12/57 ━.... 22s …")]
    [InlineData(10, "12/57 ...")]
    public void The_running_progress_bar_takes_at_most_one_terminal_line(int width, string expected)
    {
        // Twelve steps of half a second, the first one of three: 45 steps are left, and a step has 32 samples.
        CallbackList list = Create(NoColor with { Width = width },
            new CallbackParams { Steps = 57, BatchSize = 32, Samples = 1800, Verbose = 1 });
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        clock.Seconds += 3;
        list.OnTrainBatchEnd(0, Logs.Empty);
        for (int batch = 1; batch < 12; batch++)
        {
            clock.Seconds += 0.5;
            Take();
            list.OnTrainBatchEnd(batch, new Logs([new("accuracy", 0.9123), new("loss", 0.25), new("mae", 0.125)]));
        }

        string drawn = Take();
        Assert.Equal("\r" + expected, drawn.TrimEnd(' '));
        Assert.True(drawn.Length - 1 < width);
    }

    [Fact]
    public void All_values_of_an_epoch_are_shown_at_its_end_wrapped_between_values()
    {
        var logs = new Logs([new("accuracy", 0.5), new("loss", 0.5), new("val_accuracy", 0.25), new("val_loss", 1)]);
        Assert.Equal(
            $"2/2 {Full} 2s 2s/step\n  accuracy: 0.5000 - loss: 0.5000\n  val_accuracy: 0.2500 - val_loss: 1.0000\n", Finished(45, logs));
        Assert.Equal("2/2 ━━━━━━━━━━ 2s 2s/step - accuracy: 0.5000 - loss: 0.5000 - val_accuracy: 0.2500 - val_loss: 1.0000\n",
            Finished(102, logs));
        Assert.Equal($"2/2 {Full} 2s 2s/step - accuracy: 0.5000 - loss: 0.5000 - val_accuracy: 0.2500 - val_loss: 1.0000\n",
            Finished(200, logs));
    }

    [Fact]
    public void Characters_of_two_columns_are_counted_as_two()
    {
        // 손실 takes 4 columns and 정확도 6, so the values take 15 and 17; one column stays free.
        var logs = new Logs([new("손실", 0.5), new("정확도", 0.25)]);
        const string Head = $"2/2 {Full} 2s 2s/step";
        Assert.Equal($"{Head} - 손실: 0.5000 - 정확도: 0.2500\n", Finished(Head.Length + 33, logs));
        Assert.Equal("2/2 ━━━━━━━━━━ 2s 2s/step - 손실: 0.5000 - 정확도: 0.2500\n", Finished(Head.Length + 32, logs));
    }

    [Theory]
    [InlineData(32, 0.5, "64 samples/s")]
    [InlineData(1, 2, "0.5 samples/s")]
    [InlineData(100_000, 0.25, "400k samples/s")]
    [InlineData(10_000, 0.008, "1.2M samples/s")]
    [InlineData(100_000, 0.001, "100M samples/s")]
    public void The_speed_is_shown_in_samples_per_second(int batchSize, double secondsPerStep, string expected)
    {
        CallbackList list = Create(NoColor, new CallbackParams { Steps = 2, BatchSize = batchSize, Verbose = 1 });
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        clock.Seconds += 5;
        list.OnTrainBatchEnd(0);
        clock.Seconds += secondsPerStep;
        list.OnTrainBatchEnd(1);
        Take();
        list.OnEpochEnd(0);
        Assert.Contains($"/step {expected}", Take());
    }

    [Fact]
    public void Redirected_output_gets_the_finished_line_only_and_no_escape_codes()
    {
        CallbackList list = Create(null, new CallbackParams { Epochs = 2, Steps = 2, Verbose = 1 });
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        clock.Seconds += 1;
        list.OnTrainBatchEnd(0, new Logs([new("loss", 1)]));
        list.OnTrainBatchEnd(1, new Logs([new("loss", 1)]));
        list.OnEpochEnd(0, new Logs([new("loss", 0.75)]));
        Assert.Equal($"Epoch 1/2\n2/2 {Full} 1s 0s/step - loss: 0.7500\n", Take());
    }

    [Fact]
    public void An_unknown_number_of_steps_is_learned_from_the_first_epoch()
    {
        CallbackList list = Create(NoColor, new CallbackParams { Epochs = 1, Verbose = 1 });
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        clock.Seconds += 2;
        list.OnTrainBatchEnd(0);
        Assert.Equal("\r      1/Unknown 2s 2s/step", Take());
        list.OnTrainBatchEnd(1);
        list.OnEpochEnd(0);
        Assert.Equal($"\r2/2 {Full} 2s 0s/step\n", Take());
        list.OnEpochBegin(1);
        clock.Seconds += 1;
        list.OnTrainBatchEnd(0);
        Assert.Equal("\r1/2 ━━━━━━━━━━.......... 1s 1s/step", Take());
    }

    [Fact]
    public void Validation_within_a_training_is_silent_and_an_evaluation_is_not()
    {
        CallbackList list = Create(null, new CallbackParams { Steps = 2, Verbose = 1 });
        list.OnTrainBegin();
        list.OnTestBegin();
        list.OnTestBatchEnd(0, new Logs(() => throw new InvalidOperationException("nobody may read this")));
        list.OnTestEnd(new Logs([new("loss", 1)]));
        list.OnTrainEnd();
        Assert.Equal("", Take());
        list.OnTestBegin();
        clock.Seconds += 1;
        list.OnTestBatchEnd(0);
        list.OnTestBatchEnd(1);
        list.OnTestEnd(new Logs([new("loss", 1)]));
        Assert.Equal($"2/2 {Full} 1s 0s/step - loss: 1.0000\n", Take());
        list.OnPredictBegin();
        clock.Seconds += 2;
        list.OnPredictBatchEnd(0);
        list.OnPredictBatchEnd(1);
        list.OnPredictEnd();
        Assert.Equal($"2/2 {Full} 2s 0s/step\n", Take());
    }

    [Fact]
    public void Verbose_0_prints_nothing()
    {
        CallbackList list = Create(Terminal, new CallbackParams { Epochs = 5, Steps = 1, Verbose = 0 });
        Assert.False(list.UsesTrainBatchHooks || list.UsesTestBatchHooks || list.UsesPredictBatchHooks);
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        list.OnTrainBatchEnd(0);
        list.OnEpochEnd(0);
        list.OnTrainEnd();
        Assert.Equal("", Take());
    }

    [Theory]
    [InlineData(59.9, "59s")]
    [InlineData(61, "1:01")]
    [InlineData(3661, "1:01:01")]
    public void The_time_left_is_written_with_minutes_and_hours_when_needed(double seconds, string expected)
    {
        CallbackList list = Create(NoColor, new CallbackParams { Steps = 2, Verbose = 1 });
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        clock.Seconds += seconds;
        list.OnTrainBatchEnd(0);
        Assert.Contains($" {expected} ", Take());
    }

    private string Finished(int width, Logs logs)
    {
        CallbackList list = Create(NoColor with { Width = width }, new CallbackParams { Steps = 2, Verbose = 1 });
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        clock.Seconds += 1;
        list.OnTrainBatchEnd(0, logs);
        clock.Seconds += 1.5;
        Take();
        list.OnEpochEnd(0, logs);
        return Take().TrimStart('\r').Replace(" \n", "\n", StringComparison.Ordinal);
    }

    private CallbackList Create(TerminalStyle? style, CallbackParams parameters, params Callback[] others) =>
        new([.. others, new ProgbarLogger(style, clock)], TinyModel.Create(), parameters with { Output = output });

    private string Take()
    {
        string text = output.ToString();
        output.GetStringBuilder().Clear();
        return text;
    }

    private sealed class Speaker : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs)
        {
            Print("hello");
            Print("\nkeras");
        }
    }
}
