using Microsoft.ML;
using Microsoft.ML.Data;

namespace Cairn.DataView;

/// <summary>A numeric column of a data view.</summary>
internal sealed class Column
{
    public Column(DataViewSchema.Column schema)
    {
        Schema = schema;
        Width = schema.Type is VectorDataViewType vector ? vector.Size : 1;
        if (Width == 0)
        {
            throw new ArgumentException($"The column '{schema.Name}' holds vectors of variable length; inputs need a fixed length.");
        }

        if (!IsNumber(ItemType))
        {
            throw new ArgumentException(
                $"The column '{schema.Name}' holds {schema.Type}; numbers, booleans, keys and vectors of numbers are allowed. Leave it out "
                    + "of features, or encode it first.");
        }
    }

    public DataViewSchema.Column Schema { get; }

    /// <summary>Numbers per row.</summary>
    public int Width { get; }

    private DataViewType ItemType => Schema.Type is VectorDataViewType vector ? vector.ItemType : Schema.Type;

    public static Column Of(DataViewSchema schema, string name, string argument) => schema.GetColumnOrNull(name) is { } column
        ? new Column(column)
        : throw new ArgumentException($"There is no column '{name}'. "
        + $"Known: {string.Join(", ", schema.Select(c => $"'{c.Name}'"))}.", argument);

    /// <summary>Reads the column from the cursor's current row.</summary>
    public Action<Memory<float>> Reader(DataViewRow row)
    {
        // Keys count from 1, class indices from 0.
        if (ItemType is KeyDataViewType)
        {
            if (ItemType.RawType == typeof(byte))
            {
                return Reader<byte>(row, key => key - 1f);
            }

            if (ItemType.RawType == typeof(ushort))
            {
                return Reader<ushort>(row, key => key - 1f);
            }

            return ItemType.RawType == typeof(uint) ? Reader<uint>(row, key => key - 1f) : Reader<ulong>(row, key => key - 1f);
        }

        return Type.GetTypeCode(ItemType.RawType) switch
        {
            TypeCode.Single => Reader<float>(row, value => value),
            TypeCode.Double => Reader<double>(row, value => (float)value),
            TypeCode.SByte => Reader<sbyte>(row, value => value),
            TypeCode.Byte => Reader<byte>(row, value => value),
            TypeCode.Int16 => Reader<short>(row, value => value),
            TypeCode.UInt16 => Reader<ushort>(row, value => value),
            TypeCode.Int32 => Reader<int>(row, value => value),
            TypeCode.UInt32 => Reader<uint>(row, value => value),
            TypeCode.Int64 => Reader<long>(row, value => value),
            TypeCode.UInt64 => Reader<ulong>(row, value => value),
            _ => Reader<bool>(row, value => value ? 1 : 0),
        };
    }

    private static bool IsNumber(DataViewType type) => type is KeyDataViewType or BooleanDataViewType or NumberDataViewType;

    private Action<Memory<float>> Reader<T>(DataViewRow row, Func<T, float> convert)
    {
        if (Schema.Type is not VectorDataViewType)
        {
            ValueGetter<T> one = row.GetGetter<T>(Schema);
            T value = default!;
            return target =>
            {
                one(ref value);
                target.Span[0] = convert(value);
            };
        }

        ValueGetter<VBuffer<T>> all = row.GetGetter<VBuffer<T>>(Schema);
        VBuffer<T> values = default;
        return target =>
        {
            all(ref values);
            if (values.Length != Width)
            {
                throw new InvalidOperationException($"The column '{Schema.Name}' holds a vector of {values.Length} numbers; "
                    + $"expected {Width}.");
            }

            int at = 0;
            foreach (T value in values.DenseValues())
            {
                target.Span[at++] = convert(value);
            }
        };
    }
}
