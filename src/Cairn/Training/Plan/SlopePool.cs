namespace Cairn.Training.Plan;

/// <summary>Memory for gradients of values, which is used again as soon as a gradient is no longer needed.</summary>
internal sealed unsafe class SlopePool : IDisposable
{
    private readonly List<SlopeMemory> all = [];
    private readonly List<SlopeMemory> free = [];

    /// <summary>Takes memory: the smallest that fits, among those the last that was used, since it may be in a cache.</summary>
    public SlopeMemory Take(long length)
    {
        int found = -1;
        for (int i = free.Count - 1; i >= 0; i--)
        {
            long size = free[i].Memory!.Length;
            if (size >= length && (found < 0 || size < free[found].Memory!.Length))
            {
                found = i;
            }
        }

        SlopeMemory taken;
        if (found < 0)
        {
            taken = new SlopeMemory(PlanMemory.Of(length));
            all.Add(taken);
        }
        else
        {
            taken = free[found];
            free.RemoveAt(found);
        }

        taken.Users = 1;
        return taken;
    }

    /// <summary>Notes that a value no longer needs a gradient.</summary>
    public void Release(SlopeMemory slope)
    {
        if (--slope.Users == 0 && slope.Memory is not null)
        {
            free.Add(slope);
        }
    }

    /// <summary>Makes all memory free, after a step that failed.</summary>
    public void Reset()
    {
        if (free.Count < all.Count)
        {
            free.Clear();
            free.AddRange(all);
        }
    }

    /// <summary>Frees the memory; more can be taken.</summary>
    public void Dispose()
    {
        foreach (SlopeMemory slope in all)
        {
            slope.Memory!.Dispose();
        }

        all.Clear();
        free.Clear();
    }
}
