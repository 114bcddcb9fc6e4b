namespace Cairn.Distributed.Mpi;

/// <summary>An operation of MPI itself.</summary>
internal sealed unsafe class RequestExchange(MpiLibrary library, nint request, string purpose) : Exchange
{
    private nint request = request;
    private bool ended;

    public override bool Advance()
    {
        nint now = request;
        ended = ended || library.HasEnded(&now, purpose);
        request = now;
        return ended;
    }
}
