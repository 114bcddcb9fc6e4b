namespace Cairn.Callbacks;

/// <summary>Names the type that formats a type in notebooks. .NET Interactive looks for an attribute with this name.</summary>
/// <remarks>Defined here because only the name matters, so that the library needs no reference to the notebook packages.</remarks>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>A type with a method <c>CreateTypeFormatters</c>.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>The preferred MIME types.</summary>
    public string[] PreferredMimeTypes { get; set; } = ["text/html"];
}
