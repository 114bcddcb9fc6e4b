using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>
/// The sizes of a convolution over up to three axes, channels last, and where the numbers of its patches are. Missing axes have size 1.
/// </summary>
internal sealed unsafe class ConvolutionSizes
{
    private readonly int[] strides;
    private readonly int[] dilation;
    private readonly int[] before;
    private readonly nint[] patch;
    private InputPhase[]? phases;
    private Bordered? slopes;

    /// <summary>Creates the sizes.</summary>
    /// <param name="input">The axes of the input.</param>
    /// <param name="output">The axes of the output.</param>
    /// <param name="window">The window.</param>
    /// <param name="before">Zeros before the input.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="filters">Channels of the output.</param>
    public ConvolutionSizes(long[] input, long[] output, Window window, long[] before, long channels, long filters)
    {
        Input = Three(input, 1);
        Output = Three(output, 1);
        Kernel = Three(window.Size, 1);
        strides = Three(window.Strides, 1);
        dilation = Three(window.Dilation, 1);
        this.before = Three(before, 0);
        Channels = checked((int)channels);
        Filters = checked((int)filters);
        Samples = new Bordered(Input, this.before,
            [.. Enumerable.Range(0, 3).Select(i => ((Output[i] - 1) * strides[i]) + ((Kernel[i] - 1) * dilation[i]) + 1)], Channels);
        Positions = new PositionGrid(
            Output, [.. Enumerable.Range(0, 3).Select(i => strides[i] * Samples.Steps[i])], Samples.PerSample, 0);
        patch = ListPatch();
    }

    public int[] Input { get; }

    public int[] Output { get; }

    public int[] Kernel { get; }

    public int Channels { get; }

    public int Filters { get; }

    /// <summary>Elements of the window.</summary>
    public int Taps => Kernel[0] * Kernel[1] * Kernel[2];

    /// <summary>Numbers of a patch: the rows of the kernel as a matrix.</summary>
    public int Depth => Taps * Channels;

    /// <summary>Numbers of a sample of the input.</summary>
    public long PerInput => (long)Input[0] * Input[1] * Input[2] * Channels;

    /// <summary>Numbers of a sample of the output.</summary>
    public long PerOutput => (long)Positions.Count * Filters;

    /// <summary>Products of a sample.</summary>
    public long Products => PerOutput * Depth;

    /// <summary>The input with the zeros that the windows reach.</summary>
    public Bordered Samples { get; }

    /// <summary>Where the patches begin in <see cref="Samples"/>.</summary>
    public PositionGrid Positions { get; }

    /// <summary>
    /// Where the numbers of a patch are, in the order of the kernel's rows. The last is repeated up to a multiple of the rows of a tile.
    /// </summary>
    public nint* Patch => AddressOf(patch);

    /// <summary>The slopes of the output with the zeros that <see cref="Phases"/> reach.</summary>
    public Bordered Slopes
    {
        get
        {
            _ = Phases;
            return slopes!;
        }
    }

    /// <summary>The positions of the input by the elements of the window that reach them; more than one with strides.</summary>
    public InputPhase[] Phases => phases ??= FindPhases();

    /// <summary>Whether memory can be addressed, and the shapes fit.</summary>
    public static bool Fit(long[] input, long[] output, long channels, long filters, Window window)
    {
        // With the zeros around, which a window may reach far from few samples.
        double[] around = [.. window.Size.Select((size, i) =>
            input[i] + ((double)output[i] * window.Strides[i]) + (2.0 * (size - 1) * window.Dilation[i]))];
        double most = int.MaxValue / 64;
        return around.Aggregate((double)Math.Max(channels, filters), (a, b) => a * b) < most
            && (double)Product(window.Size) * channels * filters < most && output.All(size => size > 0) && input.All(size => size > 0)
            && channels > 0;
    }

    private static long Product(long[] sizes) => sizes.Aggregate(1L, (a, b) => a * b);

    private static int[] Three(long[] sizes, int missing) =>
        [.. Enumerable.Repeat(missing, 3 - sizes.Length), .. sizes.Select(size => checked((int)size))];

    /// <summary>The address of an array that the garbage collector doesn't move.</summary>
    private static nint* AddressOf(nint[] pinned) => (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    private nint[] ListPatch()
    {
        int tile = PatchProduct.TileRows, count = (Depth + tile - 1) / tile * tile, next = 0;
        nint[] places = GC.AllocateArray<nint>(count, pinned: true);
        for (int d = 0; d < Kernel[0]; d++)
        {
            for (int h = 0; h < Kernel[1]; h++)
            {
                for (int w = 0; w < Kernel[2]; w++)
                {
                    nint tap = (d * dilation[0] * Samples.Steps[0]) + (h * dilation[1] * Samples.Steps[1])
                        + (w * dilation[2] * Samples.Steps[2]);
                    for (int c = 0; c < Channels; c++)
                    {
                        places[next++] = tap + c;
                    }
                }
            }
        }

        places.AsSpan(next).Fill(places[next - 1]);
        return places;
    }

    /// <summary>
    /// An input element i gets a share of each output element o and element t of the window with i + before = o · stride + t · dilation.
    /// The elements t are the same for all i with the same remainder by the stride; then o = q - u(t), with q the quotient.
    /// </summary>
    private InputPhase[] FindPhases()
    {
        int[] above = new int[3], reach = new int[3];
        for (int i = 0; i < 3; i++)
        {
            above[i] = (Kernel[i] - 1) * dilation[i] / strides[i];
            reach[i] = above[i] + Math.Max(Output[i], ((Input[i] - 1 + before[i]) / strides[i]) + 1);
        }

        // Where no input element reaches beyond the output, reach is the output itself.
        Bordered around = new(Output, above, reach, Filters);
        nint[] inputSteps = [(nint)Input[1] * Input[2] * Channels, (nint)Input[2] * Channels, Channels];
        List<InputPhase> found = [];
        for (int d = 0; d < strides[0]; d++)
        {
            for (int h = 0; h < strides[1]; h++)
            {
                for (int w = 0; w < strides[2]; w++)
                {
                    AddPhase([d, h, w]);
                }
            }
        }

        slopes = around;
        return [.. found];

        void AddPhase(int[] remainder)
        {
            int[] counts = new int[3];
            nint from = 0, to = 0;
            for (int i = 0; i < 3; i++)
            {
                int stride = strides[i], first = (((remainder[i] - before[i]) % stride) + stride) % stride;
                counts[i] = first < Input[i] ? ((Input[i] - first - 1) / stride) + 1 : 0;
                from += (((first + before[i]) / stride) + above[i]) * around.Steps[i];
                to += first * inputSteps[i];
            }

            if (counts.Contains(0))
            {
                return;
            }

            List<int> taps = [];
            List<nint> places = [];
            for (int tap = 0; tap < Taps; tap++)
            {
                int[] at = [tap / (Kernel[1] * Kernel[2]), tap / Kernel[2] % Kernel[1], tap % Kernel[2]];
                if (!Enumerable.Range(0, 3).All(i => at[i] * dilation[i] % strides[i] == remainder[i]))
                {
                    continue;
                }

                taps.Add(tap);
                nint back = 0;
                for (int i = 0; i < 3; i++)
                {
                    back += ((at[i] * dilation[i]) - remainder[i]) / strides[i] * around.Steps[i];
                }

                places.AddRange(Enumerable.Range(0, Filters).Select(filter => filter - back));
            }

            nint[] columns = GC.AllocateArray<nint>(places.Count + 1, pinned: true);
            places.CopyTo(columns);
            found.Add(new InputPhase(
                new PositionGrid(counts, around.Steps, around.PerSample, from),
                new PositionGrid(counts, [.. inputSteps.Select((step, i) => step * strides[i])], (nint)PerInput, to),
                [.. taps], columns));
        }
    }
}
