namespace Cairn.Losses;

/// <summary>Keras' rule for the kind of targets.</summary>
internal static class TargetForms
{
    public static TargetForm Of(Shape yTrue, Shape yPred)
    {
        if (yPred.Rank > 0 && yPred[^1] == 1)
        {
            return TargetForm.Binary;
        }

        return yTrue.Rank < yPred.Rank || (yTrue[^1] == 1 && yPred[^1] > 1) ? TargetForm.ClassNumbers : TargetForm.OneHot;
    }
}
