using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Distributed;

/// <summary>A weight whose gradient goes to an exchange during the backward pass, instead of the weight.</summary>
internal sealed class WatchedWeight : autograd.SingleTensorFunction<WatchedWeight>
{
    private const string Exchange = "exchange";
    private const string Index = "index";

    public override string Name => nameof(WatchedWeight);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(Exchange, vars[1]);
        ctx.save_data(Index, vars[2]);

        // Not an alias, which could not be used any more after a layer has changed the weight itself.
        return ((Tensor)vars[0]).detach();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var exchange = (GradientExchange)ctx.get_data(Exchange);
        try
        {
            using IDisposable _ = no_grad();
            exchange.Arrive((int)ctx.get_data(Index), grad_output);
        }
        catch (Exception exception)
        {
            // It must not pass through libtorch; the exchange that follows fails, too.
            exchange.Fail(exception);
        }

        return [null!, null!, null!];
    }
}
