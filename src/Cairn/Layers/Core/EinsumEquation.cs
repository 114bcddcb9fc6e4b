using System.Text.RegularExpressions;

namespace Cairn.Layers;

/// <summary>The equation of an <see cref="EinsumDense"/>: which axes of the input meet which of the kernel.</summary>
/// <remarks>Three dots, at the left of input and output or at the right of both, stand for any number of axes.</remarks>
internal sealed partial class EinsumEquation
{
    // More axes than any tensor has; a file's equation is looked through once for each of its letters.
    private const int MostLetters = 200;

    private readonly string equation;
    private readonly string input;
    private readonly string kernel;
    private readonly string output;
    private readonly bool leftElided;
    private readonly bool rightElided;

    /// <summary>Reads an equation.</summary>
    /// <exception cref="ArgumentException">It has another form, or a letter of the output or the kernel stands nowhere else.</exception>
    public EinsumEquation(string equation)
    {
        ArgumentNullException.ThrowIfNull(equation);
        if (equation.Length > MostLetters)
        {
            throw new ArgumentException($"An equation has at most {MostLetters} letters; it had {equation.Length}.", nameof(equation));
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
                $"An equation has the form 'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...'; it was '{equation}'.", nameof(equation));
        }

        char lost = output.FirstOrDefault(letter => !input.Contains(letter) && !kernel.Contains(letter));
        if (lost != 0)
        {
            throw new ArgumentException($"The output's axis '{lost}' is neither one of the input nor of the kernel in '{equation}'.",
                nameof(equation));
        }

        lost = kernel.FirstOrDefault(letter => !input.Contains(letter) && !output.Contains(letter));
        if (lost != 0)
        {
            throw new ArgumentException($"The kernel's axis '{lost}' is neither one of the input nor of the output in '{equation}'.",
                nameof(equation));
        }

        this.equation = equation;
    }

    /// <summary>Which axes of the kernel are summed over: they make up the fan in.</summary>
    public int[] InputAxes => [.. Enumerable.Range(0, kernel.Length).Where(i => !output.Contains(kernel[i]))];

    /// <summary>Which axes of the kernel are axes of the output: they make up the fan out.</summary>
    public int[] OutputAxes => [.. Enumerable.Range(0, kernel.Length).Where(i => output.Contains(kernel[i]))];

    /// <summary>The output's shape: the given sizes, with the batch before and what the dots stand for.</summary>
    /// <exception cref="ArgumentException">The sizes do not go with the equation or the input.</exception>
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
                + $"outputShape {sizes} makes it {shape.Count}, batch included.");
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
                throw new ArgumentException($"The axis '{letter}' of '{equation}' has the size {inputShape[from]} in the input "
                    + $"and {shape[to]} in the output.");
            }
        }

        return [.. shape];
    }

    /// <summary>The kernel's shape.</summary>
    /// <exception cref="ArgumentException">A size is not known.</exception>
    public Shape KernelShape(Shape inputShape, Shape outputShape)
    {
        int elided = Elided(inputShape);
        return [.. kernel.Select(letter =>
            Known(output.Contains(letter) ? outputShape[OutputAxis(letter, elided)] : inputShape[InputAxis(letter, elided)], letter))];
    }

    /// <summary>The bias' shape: from its first axis on, with size 1 along axes of the output that it does not vary along.</summary>
    /// <exception cref="ArgumentException">An axis is none of the output's, or its size is not known.</exception>
    public Shape BiasShape(string biasAxes, Shape inputShape, Shape outputShape)
    {
        CheckBias(biasAxes);
        int elided = Elided(inputShape);
        int first = output.IndexOfAny(biasAxes.ToCharArray());
        IEnumerable<long> sizes = output.Skip(first)
            .Select(letter => biasAxes.Contains(letter) ? Known(outputShape[OutputAxis(letter, elided)], letter) : 1);
        return [.. sizes, .. Enumerable.Repeat(1L, rightElided ? elided : 0)];
    }

    /// <summary>Checks that the bias' axes are axes of the output.</summary>
    /// <exception cref="ArgumentException">One is not.</exception>
    public void CheckBias(string biasAxes)
    {
        char lost = biasAxes.FirstOrDefault(letter => !output.Contains(letter));
        if (lost != 0 || biasAxes.Length == 0)
        {
            throw new ArgumentException($"biasAxes names axes of the output '{output}' of '{equation}'; it was '{biasAxes}'.",
                nameof(biasAxes));
        }
    }

    public override string ToString() => equation;

    private int Elided(Shape inputShape)
    {
        int elided = inputShape.Rank - input.Length;
        bool fits = leftElided ? elided >= 1 || input.Length == inputShape.Rank : rightElided ? elided >= 0 : elided == 0;
        return fits ? elided : throw new ArgumentException($"'{equation}' does not fit an input of {inputShape.Rank} axes, {inputShape}.");
    }

    private int InputAxis(char letter, int elided) => input.IndexOf(letter) + (leftElided ? elided : 0);

    private int OutputAxis(char letter, int elided) => output.IndexOf(letter) + (leftElided ? elided : 0);

    private long Known(long size, char letter) => size != Shape.None
        ? size
        : throw new ArgumentException($"The size of the axis '{letter}' of '{equation}' must be known; give it in outputShape or with the "
        + "input's shape.");

    [GeneratedRegex(@"^(?<left>\.\.\.)?(?<input>[a-zA-Z]+)(?<right>\.\.\.)?,(?<kernel>[a-zA-Z]+)->(?<left2>\.\.\.)?(?<output>[a-zA-Z]+)(?<right2>\.\.\.)?$")]
    private static partial Regex Form();
}
