using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>Makes a model of a file, so that whatever the file asks for in vain is reported as the file's fault.</summary>
internal static class LoadedModel
{
    /// <summary>Makes a model.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="place">Where in it the architecture stands, for messages.</param>
    /// <param name="construct">Makes the model of its architecture.</param>
    /// <param name="fill">Builds and compiles it and puts the weights in; where that fails, the model is freed.</param>
    /// <exception cref="ModelFormatException">The file does not describe a model, or not one that this version can build.</exception>
    public static Model Make(string path, string place, Func<Model> construct, Action<Model> fill)
    {
        Model? model = null;
        bool complete = false;
        try
        {
            model = construct();
            fill(model);
            complete = true;
            return model;
        }
        catch (ConfigException exception)
        {
            throw new ModelFormatException(exception.Problem, path, exception.Place, exception);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or ArithmeticException
            or ExternalException or OutOfMemoryException)
        {
            throw new ModelFormatException($"the model can't be built: {exception.Message}", path, place, exception);
        }
        finally
        {
            if (!complete)
            {
                model?.Dispose();
            }
        }
    }
}
