namespace Cairn.Saving;

/// <summary>Marks the base class of a kind of object that files identify by class name; see <see cref="CustomObjects"/>.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class SavedKindAttribute : Attribute;
