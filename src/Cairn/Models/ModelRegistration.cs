using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Cairn.Layers;

namespace Cairn;

/// <summary>Registers the model classes for deserialization, before any other code of the library runs.</summary>
internal static class ModelRegistration
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It fills a table of the library and runs no user code.")]
    internal static void Register()
    {
        ModelFactories.Add("Sequential", Sequential.FromConfig);
        ModelFactories.Add("Functional", Functional.FromConfig);
        ModelFactories.Add("Model", Functional.FromConfig); // Keras 2, up to TensorFlow 2.2
    }
}
