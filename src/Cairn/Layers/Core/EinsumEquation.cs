using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The einsum equation of an <see cref="EinsumDense"/>.</summary>
/// <remarks>An ellipsis, at the start of input and output or at the end of both, stands for any number of axes.</remarks>
internal sealed partial class EinsumEquation
{
    // More axes than any tensor has; bounds the work, which grows with the square of the length of a file's equation.
    private const int MostLetters = 200;

    private readonly string equation;
    private readonly string input;
    private readonly string kernel;
    private readonly string output;
    private readonly bool leftElided;
    private readonly bool rightElided;

    /// <summary>Parses an equation.</summary>
    /// <exception cref="ArgumentException">The form is invalid, or a letter of the output or the kernel appears nowhere else.</exception>
    public EinsumEquation(string equation)
    {
        ArgumentNullException.ThrowIfNull(equation);
        if (equation.Length > MostLetters)
        {
            throw new ArgumentException($"An equation can have at most {MostLetters} characters; got {equation.Length}.", nameof(equation));
        }

        Match match = Form().Match(equation);
        leftElided = match.Groups["left"].Success;
        rightElided = match.Groups["right"].Success;
        input = match.Groups["input"].Value;
        kernel = match.Groups["kernel"].Value;
        output = match.Groups["output"].Value;
        bool dotsAgree = leftElided == match.Groups["left2"].Success && rightElided == match.Groups["right2"].Success;
        if (!match.Success || !dotsAgree || (leftElided && rightElided) || (rightElided && input.Length < 2))
        {
            throw new ArgumentException(
                $"An equation must have the form 'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...'; got '{equation}'.", nameof(equation));
        }

        char lost = output.FirstOrDefault(letter => !input.Contains(letter) && !kernel.Contains(letter));
        if (lost != 0)
        {
            throw new ArgumentException(
                $"The output's axis '{lost}' is neither in the input nor in the kernel of '{equation}'.", nameof(equation));
        }

        lost = kernel.FirstOrDefault(letter => !input.Contains(letter) && !output.Contains(letter));
        if (lost != 0)
        {
            throw new ArgumentException(
                $"The kernel's axis '{lost}' is neither in the input nor in the output of '{equation}'.", nameof(equation));
        }

        this.equation = equation;
        SummedAxes = FindSummedAxes();
    }

    /// <summary>The kernel axes that are summed over; they determine the fan-in.</summary>
    public int[] InputAxes => [.. Enumerable.Range(0, kernel.Length).Where(i => !output.Contains(kernel[i]))];

    /// <summary>The kernel axes that are axes of the output; they determine the fan-out.</summary>
    public int[] OutputAxes => [.. Enumerable.Range(0, kernel.Length).Where(i => output.Contains(kernel[i]))];

    /// <summary>
    /// The number of the kernel's axes that are summed over, if the equation is a product of matrices: the last axes of the input with the
    /// first of the kernel, whose others become the last of the output. Otherwise null.
    /// </summary>
    public int? SummedAxes { get; }

    /// <summary>The output's shape: the given sizes, preceded by the batch, plus the axes of the ellipsis.</summary>
    /// <exception cref="ArgumentException">The sizes don't match the equation or the input.</exception>
    public Shape OutputShape(Shape inputShape, Shape sizes)
    {
        int elided = Elided(inputShape);
        List<long> shape = [inputShape[0], .. sizes];
        if (leftElided && elided > 1)
        {
            shape.InsertRange(1, inputShape[1..elided]);
        }

        if (rightElided)
        {
            shape.AddRange(inputShape[(inputShape.Rank - elided)..]);
        }

        if (shape.Count != output.Length + elided)
        {
            throw new ArgumentException(
                $"The output of '{equation}' has {output.Length + elided} axes for an input of shape {inputShape}; "
                + $"outputShape {sizes} has {shape.Count}, batch included.");
        }

        foreach (char letter in input.Where(output.Contains))
        {
            (int from, int to) = (InputAxis(letter, elided), OutputAxis(letter, elided));
            if (shape[to] == Shape.None)
            {
                continue;
            }

            if (inputShape[from] != shape[to])
            {
                throw new ArgumentException(
                    $"The axis '{letter}' of '{equation}' has size {inputShape[from]} in the input and {shape[to]} in the output.");
            }
        }

        return [.. shape];
    }

    private int? FindSummedAxes()
    {
        if (rightElided || (input + kernel[InputAxes.Length..]).Distinct().Count() != input.Length + kernel.Length - InputAxes.Length)
        {
            return null;
        }

        int count = InputAxes.Length;
        return count > 0 && count < kernel.Length && InputAxes.SequenceEqual(Enumerable.Range(0, count)) && input.EndsWith(kernel[..count])
            && output == input[..^count] + kernel[count..] ? count : null;
    }

    /// <summary>The kernel's shape.</summary>
    /// <exception cref="ArgumentException">A size is unknown.</exception>
    public Shape KernelShape(Shape inputShape, Shape outputShape)
    {
        int elided = Elided(inputShape);
        return [.. kernel.Select(letter =>
            Known(output.Contains(letter) ? outputShape[OutputAxis(letter, elided)] : inputShape[InputAxis(letter, elided)], letter))];
    }

    /// <summary>The shape of the bias, starting at its first axis, with size 1 along output axes that are not bias axes.</summary>
    /// <exception cref="ArgumentException">An axis is not in the output, or its size is unknown.</exception>
    public Shape BiasShape(string biasAxes, Shape inputShape, Shape outputShape)
    {
        CheckBias(biasAxes);
        int elided = Elided(inputShape);
        int first = output.IndexOfAny(biasAxes.ToCharArray());
        IEnumerable<long> sizes = output.Skip(first)
            .Select(letter => biasAxes.Contains(letter) ? Known(outputShape[OutputAxis(letter, elided)], letter) : 1);
        return [.. sizes, .. Enumerable.Repeat(1L, rightElided ? elided : 0)];
    }

    /// <summary>The shape of a quantized kernel's scales: that of the output, with size 1 along axes that are not the kernel's.</summary>
    public Shape ScaleShape(Shape kernelShape, int outputRank)
    {
        long[] shape = [.. Enumerable.Repeat(1L, outputRank)];
        foreach (int axis in OutputAxes)
        {
            shape[OutputAxis(kernel[axis], outputRank - output.Length)] = kernelShape[axis];
        }

        return shape;
    }

    /// <summary>Such scales with the axes of the kernel, size 1 along those that are summed over.</summary>
    public Tensor ScaleOfKernel(Tensor scale)
    {
        int elided = (int)scale.dim() - output.Length;
        long[] sizes = kernel.Select(letter => output.Contains(letter) ? scale.shape[OutputAxis(letter, elided)] : 1).ToArray();
        long[] order = OutputAxesInOrder;
        Tensor kept = scale.reshape([.. order.Select(axis => sizes[axis])]);
        long[] back = [.. order.Order().Select(axis => (long)Array.IndexOf(order, axis))];
        return kept.permute(back).reshape(sizes);
    }

    /// <summary>The reverse: scales with the axes of the kernel in a shape of <see cref="ScaleShape"/>.</summary>
    public Tensor ScaleFromKernel(Tensor scale, long[] shape) =>
        scale.permute([.. OutputAxesInOrder, .. InputAxes.Select(axis => (long)axis)]).reshape(shape);

    /// <summary>The axes of the input that are summed over.</summary>
    public long[] ReducedInputAxes(int inputRank) =>
        [.. input.Where(letter => !output.Contains(letter)).Select(letter => (long)InputAxis(letter, inputRank - input.Length))];

    /// <summary>Scales of an input, size 1 along the axes that are summed over, with the axes of the output.</summary>
    public Tensor ScaleOfOutput(Tensor inputScale)
    {
        int elided = (int)inputScale.dim() - input.Length;
        string rest = new([.. Enumerable.Range(0, elided).Select(i => (char)('\u4e00' + i))]);
        string from = leftElided ? rest + input : input + rest;
        string to = leftElided ? rest + output : output + rest;
        long[] order = [.. to.Where(from.Contains).Select(letter => (long)from.IndexOf(letter))];
        long[] reduced = [.. Enumerable.Range(0, from.Length).Where(axis => !to.Contains(from[axis])).Select(axis => (long)axis)];
        Tensor moved = inputScale.permute([.. order, .. reduced]);
        return moved.reshape([.. to.Select(letter => from.Contains(letter) ? inputScale.shape[from.IndexOf(letter)] : 1)]);
    }

    /// <summary>Checks that the bias axes are axes of the output.</summary>
    /// <exception cref="ArgumentException">An axis is not in the output.</exception>
    public void CheckBias(string biasAxes)
    {
        char lost = biasAxes.FirstOrDefault(letter => !output.Contains(letter));
        if (lost != 0 || biasAxes.Length == 0)
        {
            throw new ArgumentException(
                $"biasAxes must be axes of the output '{output}' of '{equation}'; got '{biasAxes}'.", nameof(biasAxes));
        }
    }

    public override string ToString() => equation;

    // The kernel's axes of the output, in the order of the output.
    private long[] OutputAxesInOrder =>
        [.. kernel.Where(output.Contains).OrderBy(letter => output.IndexOf(letter)).Select(letter => (long)kernel.IndexOf(letter))];

    private int Elided(Shape inputShape)
    {
        int elided = inputShape.Rank - input.Length;
        bool fits = leftElided ? elided >= 1 || input.Length == inputShape.Rank : rightElided ? elided >= 0 : elided == 0;
        return fits ? elided : throw new ArgumentException(
            $"'{equation}' does not match an input with {inputShape.Rank} axes, {inputShape}.");
    }

    private int InputAxis(char letter, int elided) => input.IndexOf(letter) + (leftElided ? elided : 0);

    private int OutputAxis(char letter, int elided) => output.IndexOf(letter) + (leftElided ? elided : 0);

    private long Known(long size, char letter) => size != Shape.None
        ? size
        : throw new ArgumentException(
            $"The size of the axis '{letter}' of '{equation}' must be known; specify it in outputShape or in the input's shape.");

    [GeneratedRegex(@"^(?<left>\.\.\.)?(?<input>[a-zA-Z]+)(?<right>\.\.\.)?,(?<kernel>[a-zA-Z]+)->(?<left2>\.\.\.)?(?<output>[a-zA-Z]+)(?<right2>\.\.\.)?$")]
    private static partial Regex Form();
}
