"""A small student learns from a larger teacher: a model with a loss of its own within fit()."""
import keras
from keras import layers, ops

from digits import load_digits
from draws import Draws


class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def compile(self, optimizer, metrics, student_loss, distillation_loss, alpha=0.1, temperature=3):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss = student_loss
        self.distillation_loss = distillation_loss
        self.alpha = alpha
        self.temperature = temperature

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        teacher_pred = self.teacher(x, training=False).detach()
        student_loss = self.student_loss(y, y_pred)
        distillation_loss = self.distillation_loss(
            ops.softmax(teacher_pred / self.temperature, axis=1),
            ops.softmax(y_pred / self.temperature, axis=1),
        ) * (self.temperature**2)
        return self.alpha * student_loss + (1 - self.alpha) * distillation_loss

    def call(self, x):
        return self.student(x)


def make_classifier(filters):
    return keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(filters, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.MaxPooling2D(2, strides=1, padding="same"),
            layers.Conv2D(2 * filters, 3, strides=2, padding="same"),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )


def run(images=128, epochs=3):
    draws = Draws(6)
    x, y = load_digits(images)
    teacher, student = make_classifier(16), make_classifier(4)
    draws.set_weights(teacher, student)

    crossentropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    teacher.compile(optimizer=keras.optimizers.Adam(0.01), loss=crossentropy)
    taught = teacher.fit(x, y, epochs=epochs, shuffle=False, verbose=0).history["loss"]

    distiller = Distiller(student, teacher)
    teacher.trainable = False
    distiller.compile(
        optimizer=keras.optimizers.Adam(0.01),
        metrics=["sparse_categorical_accuracy"],
        student_loss=crossentropy,
        distillation_loss=keras.losses.KLDivergence(),
    )
    history = distiller.fit(x, y, epochs=epochs, shuffle=False, verbose=0).history
    return taught + history["loss"] + history["sparse_categorical_accuracy"]


if __name__ == "__main__":
    print(run())
