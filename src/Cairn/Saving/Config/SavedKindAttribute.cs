namespace Cairn.Saving;

/// <summary>Marks the base class of a kind of object that files hold by its class' name; see <see cref="CustomObjects"/>.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class SavedKindAttribute : Attribute;
