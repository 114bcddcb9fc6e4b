using Cairn.Native;

namespace Cairn.Training.Plan;

// The gradient of the chain's input, which is not in the memory of a stage: its rows are contiguous.
internal sealed unsafe partial class PlanStage
{
    private readonly Action<int> inputPart;
    private float* ofInput;

    /// <summary>Computes the gradient of the input after the backward pass; only for the first stage.</summary>
    public void InputSlope(float* to)
    {
        ofInput = to;
        if (product is null)
        {
            for (int row = 0; row < rows; row++)
            {
                new Span<float>(slopes!.First + (row * (nint)stride), Features)
                    .CopyTo(new Span<float>(to + (row * (nint)Features), Features));
            }

            return;
        }

        Run(inputPart, (long)rows * inputs * Features, PanelProduct.Panels(inputs));
    }

    private void InputPart(int part)
    {
        float* panelMemory = ScratchOf(part), zeros = stackalloc float[PanelProduct.Width];
        float* room = stackalloc float[PanelProduct.TileRows * PanelProduct.Width];
        new Span<float>(zeros, PanelProduct.Width).Clear();
        (int start, int end) = PanelsOf(part, PanelProduct.Panels(inputs));
        for (int panel = start; panel < end; panel++)
        {
            int first = panel * PanelProduct.Width, count = Math.Min(PanelProduct.Width, inputs - first);
            PanelProduct.PackTransposed(kernel, Features, inputs, Features, first, panelMemory);
            var operands = new PanelOperands
            {
                A = slopes!.First,
                ARow = stride,
                AColumn = 1,
                Depth = Features,
                Panel = panelMemory,
                PanelRow = PanelProduct.Width,
                Initial = zeros,
                C = ofInput + first,
                CRow = inputs,
            };
            if (count == PanelProduct.Width)
            {
                PanelProduct.Multiply(operands, rows, isHalf: false);
            }
            else
            {
                PanelProduct.MultiplyAside(operands, rows, count, room);
            }
        }
    }
}
