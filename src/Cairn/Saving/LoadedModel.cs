using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>Creates a model from a file, and reports anything in the file that can't be created as an error of the file.</summary>
internal static class LoadedModel
{
    /// <summary>Creates the model.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="place">The place of the architecture in the file, for messages.</param>
    /// <param name="construct">Creates the model from its architecture.</param>
    /// <param name="fill">Builds and compiles the model and loads its weights; if this fails, the model is disposed.</param>
    /// <exception cref="ModelFormatException">The file does not describe a model that this version can build.</exception>
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
