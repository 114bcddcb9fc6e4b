/// <summary>
/// A pole on a cart, which is pushed to the left or to the right to keep the pole up (Barto, Sutton and Anderson, 1983).
/// </summary>
internal sealed class CartPole(Draws draws)
{
    private double x;
    private double speed;
    private double angle;
    private double turn;

    public float[] Reset()
    {
        (x, speed) = (0.05 * draws.Number(), 0.05 * draws.Number());
        (angle, turn) = (0.05 * draws.Number(), 0.05 * draws.Number());
        return State();
    }

    /// <summary>Pushes to the left (0) or right (1). Returns the state, the reward and whether the pole fell.</summary>
    public (float[] State, float Reward, bool Fell) Step(int action)
    {
        double force = action == 1 ? 10 : -10;
        double push = (force + (0.05 * turn * turn * Math.Sin(angle))) / 1.1;
        double turnChange = ((9.8 * Math.Sin(angle)) - (Math.Cos(angle) * push))
            / (0.5 * ((4.0 / 3) - (0.1 * Math.Cos(angle) * Math.Cos(angle) / 1.1)));
        double speedChange = push - (0.05 * turnChange * Math.Cos(angle) / 1.1);
        (x, speed, angle, turn) = (x + (0.02 * speed), speed + (0.02 * speedChange), angle + (0.02 * turn), turn + (0.02 * turnChange));
        return (State(), 1, Math.Abs(x) > 2.4 || Math.Abs(angle) > 12 * Math.PI / 180);
    }

    private float[] State() => [(float)x, (float)speed, (float)angle, (float)turn];
}
