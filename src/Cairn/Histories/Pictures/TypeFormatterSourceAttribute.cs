namespace Cairn.Callbacks;

/// <summary>Tells .NET Interactive, which looks for an attribute of this name, what shows a type in a notebook.</summary>
/// <remarks>Ours because the name is all that counts: the library needs no reference to the notebook's packages.</remarks>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>A type with a method <c>CreateTypeFormatters</c>.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>The form a notebook asks for first.</summary>
    public string[] PreferredMimeTypes { get; set; } = ["text/html"];
}
